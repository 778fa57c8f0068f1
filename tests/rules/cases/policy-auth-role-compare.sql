-- case: signed in
-- with: t rls
-- finds: info public.t.p
create policy p on t for select using (auth.role() = 'authenticated' and user_id = auth.uid());

-- case: the claim in the token
-- with: t rls
-- finds: info public.t.p
create policy p on t using ((select auth.jwt() ->> 'role') in ('authenticated', 'service_role'));

-- case: the service role
-- with: t rls
-- finds: info public.t.p
create policy p on t using (auth.role() = 'service_role');

-- case: no such role
-- with: t rls
-- finds: warning public.t.p
create policy p on t using (auth.role() = 'admin');

-- case: no such role beside one
-- with: t rls
-- finds: warning public.t.p
create policy p on t using ((auth.jwt() ->> 'role') = any (array['service_role', 'admin']));

-- case: no such role, out of reach
-- with: t rls closed
-- finds: info public.t.p
create policy p on t using (auth.role() = 'admin');

-- case: a role of the project's own
-- with: t rls
-- finds: info public.t.p
create role app_admin nologin;
create policy p on t using (auth.role() = 'app_admin');

-- case: on another platform roles are made elsewhere
-- platform: postgres
-- finds: info public.t.p
create schema auth;
create function auth.role() returns text language sql stable as
  $$ select current_setting('request.jwt.claims', true)::json ->> 'role' $$;
create table t (id int primary key);
alter table t enable row level security;
create policy p on t using (auth.role() = 'admin');

-- case: another claim of that name
-- with: t rls
create policy p on t using ((select auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');

-- case: a column of that name
-- with: t rls members
create policy p on t using (exists (
  select 1 from members m where m.user_id = (select auth.uid()) and m.org_id = t.org_id and m.role = 'admin'));

-- case: in a TO clause
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));
