-- case: nothing was granted
-- platform: supabase-explicit
-- with: n rls
-- finds: error public.t.p
create policy p on t for select to anon using (true);

-- case: some columns are enough
-- platform: supabase-explicit
-- with: n rls
grant select (id) on t to anon;
create policy p on t for select to anon using (true);

-- case: revoked in an old project
-- with: n rls closed
-- finds: warning public.t.p
create policy p on t for select to anon using (true);

-- case: no USAGE on the schema
-- finds: warning s.t.p
create schema s;
create table s.t (id int);
alter table s.t enable row level security;
grant select on s.t to anon;
create policy p on s.t for select to anon using (true);

-- case: without TO
-- with: n rls closed
create policy p on t for select using (true);

-- case: who bypasses needs no grant to be let through
-- with: n rls closed
revoke all on t from service_role;
create policy p on t to service_role using (true);

-- case: a refusal
-- with: n rls closed
create policy p on t for select to anon using (false);
