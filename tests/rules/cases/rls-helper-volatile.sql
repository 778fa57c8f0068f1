-- case: nothing said
-- with: t rls
-- finds: warning public.is_admin()
create function is_admin() returns boolean language sql as $$ select auth.jwt() ->> 'x' = 'y' $$;
create policy p on t for select using (is_admin());

-- case: two policies are one finding
-- with: t rls members
-- finds: info public.is_member(uuid)
create function is_member(org uuid) returns boolean language plpgsql security definer set search_path = '' as
  $$ begin return exists (select 1 from public.members m where m.org_id = org and m.user_id = auth.uid()); end $$;
create policy p on t for select using (is_member(org_id));
create policy q on t for delete using (is_member(org_id));

-- case: stable
-- with: t rls
create function is_admin() returns boolean language sql stable as $$ select auth.jwt() ->> 'x' = 'y' $$;
create policy p on t for select using (is_admin());

-- case: run once
-- with: t rls
create function is_admin() returns boolean language sql as $$ select auth.jwt() ->> 'x' = 'y' $$;
create policy p on t for select using ((select is_admin()));

-- case: it writes
-- with: t rls
create table seen (id int primary key);
create function note() returns boolean language plpgsql as $$ begin insert into seen values (1); return true; end $$;
create policy p on t for select using (user_id = auth.uid() and note());

-- case: it changes from call to call
-- with: t rls
create function lucky() returns boolean language sql as $$ select random() < 0.5 $$;
create policy p on t for select using (user_id = auth.uid() and lucky());

-- case: what is written is checked
-- with: t rls
create function few() returns boolean language sql as $$ select count(*) < 5 from t where user_id = auth.uid() $$;
create policy p on t for insert with check (user_id = auth.uid() and few());

-- case: no policy calls it
-- with: t rls
create function is_admin() returns boolean language sql as $$ select auth.jwt() ->> 'x' = 'y' $$;

-- case: no client meets the policy
-- with: t rls closed
create function is_admin() returns boolean language sql as $$ select auth.jwt() ->> 'x' = 'y' $$;
create policy p on t for select using (is_admin());
