-- case: only UPDATE
-- with: t rls
-- finds: warning public.t
create policy p on t for update to authenticated using (user_id = (select auth.uid()));

-- case: UPDATE and DELETE are one finding
-- with: t rls
-- finds: warning public.t
create policy p on t for update to authenticated using (user_id = (select auth.uid()));
create policy q on t for delete to authenticated using (user_id = (select auth.uid()));

-- case: the policy for SELECT is for others
-- with: t rls
-- finds: warning public.t
create policy p on t for update to authenticated using (user_id = (select auth.uid()));
create policy q on t for select to service_role using (true);

-- case: the privilege is missing
-- platform: supabase-explicit
-- with: t rls
-- finds: warning public.t
grant update on t to authenticated;
create policy p on t to authenticated using (user_id = (select auth.uid()));

-- case: FOR ALL reads too
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));

-- case: read by everyone, written by their owners
-- with: t rls
create policy p on t for update using (user_id = (select auth.uid()));
create policy q on t for select using (is_open);

-- case: a helper that might let visitors by
-- with: t rls
create schema elsewhere;
create function elsewhere.is_admin() returns boolean language plpgsql stable security definer set search_path = '' as
  $$ declare r record; begin for r in select 1 loop return true; end loop; return false; end $$;
create policy p on t for update using (elsewhere.is_admin());
create policy q on t for select to authenticated using (is_open);

-- case: what refuses
-- with: t rls
create policy p on t for update to authenticated using (false);

-- case: nobody holds the command
-- platform: supabase-explicit
-- with: t rls
create policy p on t for update to authenticated using (user_id = (select auth.uid()));

-- case: only inserted
-- with: t rls
create policy p on t for insert to authenticated with check (user_id = (select auth.uid()));

-- case: out of the REST API
create schema s;
create table s.t (id int primary key, user_id uuid);
grant usage on schema s to authenticated;
grant update on s.t to authenticated;
alter table s.t enable row level security;
create policy p on s.t for update to authenticated using (user_id = (select auth.uid()));
