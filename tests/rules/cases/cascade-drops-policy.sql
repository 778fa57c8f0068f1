-- case: a function
-- with: t rls
-- finds: warning public.t
create function mine(who uuid) returns boolean language sql stable set search_path = '' as 'select who = auth.uid()';
create policy p on t to authenticated using (mine(user_id));
-- file: 2.sql
drop function mine(uuid) cascade;

-- case: a column
-- with: t rls
-- finds: warning public.t
create policy p on t for select to authenticated using (owner = (select auth.uid()));
-- file: 2.sql
alter table t drop column owner cascade;

-- case: a table that the policy reads
-- with: members t rls
-- finds: warning public.t
create policy p on t for select to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));
-- file: 2.sql
drop table members cascade;

-- case: a restriction
-- with: t rls
-- finds: error public.t
create policy p on t to authenticated using (user_id = (select auth.uid()));
create policy r on t as restrictive for update to authenticated using (is_open);
-- file: 2.sql
alter table t drop column is_open cascade;

-- case: several at once are told once
-- with: t rls
-- finds: warning public.t
create function mine(who uuid) returns boolean language sql stable set search_path = '' as 'select who = auth.uid()';
create policy p on t for select to authenticated using (mine(user_id));
create policy q on t for insert to authenticated with check (mine(user_id));
-- file: 2.sql
drop function mine(uuid) cascade;

-- case: made again after it
-- with: t rls
create function mine(who uuid) returns boolean language sql stable set search_path = '' as 'select who = auth.uid()';
create policy p on t to authenticated using (mine(user_id));
-- file: 2.sql
drop function mine(uuid) cascade;
create policy p on t to authenticated using (user_id = (select auth.uid()));

-- case: made again in a later file
-- with: t rls
create function mine(who uuid) returns boolean language sql stable set search_path = '' as 'select who = auth.uid()';
create policy p on t to authenticated using (mine(user_id));
-- file: 2.sql
drop function mine(uuid) cascade;
-- file: 3.sql
create policy q on t to authenticated using (user_id = (select auth.uid()));

-- case: others do as much
-- with: t rls
create function mine(who uuid) returns boolean language sql stable set search_path = '' as 'select who = auth.uid()';
create policy p on t to authenticated using (mine(user_id));
create policy q on t to authenticated using (owner = (select auth.uid()));
-- file: 2.sql
drop function mine(uuid) cascade;

-- case: the table goes itself
-- with: members t rls
create policy p on t for select to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));
-- file: 2.sql
drop table members, t cascade;

-- case: no client could do anything by it
-- platform: supabase-explicit
-- with: t rls
create function mine(who uuid) returns boolean language sql stable set search_path = '' as 'select who = auth.uid()';
create policy p on t to authenticated using (mine(user_id));
-- file: 2.sql
drop function mine(uuid) cascade;

-- case: dropped by name
-- with: t rls
create policy p on t to authenticated using (user_id = (select auth.uid()));
-- file: 2.sql
drop policy p on t;
