-- case: only INSERT
-- with: t rls
-- finds: info public.t
create policy p on t for insert to authenticated with check (user_id = (select auth.uid()));

-- case: a form for visitors that staff reads
-- with: n rls
-- finds: info public.t
create policy p on t for insert to anon with check (status = 'new');
create policy q on t for select to authenticated using ((select auth.jwt() -> 'app_metadata' ->> 'role') = 'staff');

-- case: the privilege is missing
-- platform: supabase-explicit
-- with: t rls
-- finds: info public.t
grant insert on t to authenticated;
create policy p on t to authenticated using (user_id = (select auth.uid()));

-- case: FOR ALL reads too
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));

-- case: one of those who insert reads
-- with: n rls
create policy p on t for insert with check (status = 'new');
create policy q on t for select to authenticated using (is_open);

-- case: nobody inserts
-- with: t rls
create policy p on t for insert to authenticated with check (false);

-- case: row level security is off
-- with: t closed
create policy p on t for insert to authenticated with check (user_id = (select auth.uid()));
