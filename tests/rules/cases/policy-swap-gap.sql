-- case: statement by statement
-- layout: plain
-- with: t rls
-- finds: warning public.t.p
create policy p on t to authenticated using (user_id = auth.uid());
-- file: 2.sql
drop policy p on t;
create policy p on t to authenticated using (user_id = (select auth.uid()));

-- case: under another name
-- layout: plain
-- with: t rls
-- finds: warning public.t.p
create policy p on t to authenticated using (user_id = auth.uid());
-- file: 2.sql
drop policy p on t;
select 1;
create policy q on t for select to authenticated using (user_id = (select auth.uid()));

-- case: the tool runs the file in a transaction
-- with: t rls
create policy p on t to authenticated using (user_id = auth.uid());
-- file: 2.sql
drop policy p on t;
create policy p on t to authenticated using (user_id = (select auth.uid()));

-- case: between BEGIN and COMMIT
-- layout: plain
-- with: t rls
create policy p on t to authenticated using (user_id = auth.uid());
-- file: 2.sql
begin;
drop policy p on t;
create policy p on t to authenticated using (user_id = (select auth.uid()));
commit;

-- case: in one step
-- layout: plain
-- with: t rls
create policy p on t to authenticated using (user_id = auth.uid());
-- file: 2.sql
alter policy p on t using (user_id = (select auth.uid()));

-- case: the new one first
-- layout: plain
-- with: t rls
create policy p on t to authenticated using (user_id = auth.uid());
-- file: 2.sql
create policy q on t to authenticated using (user_id = (select auth.uid()));
drop policy p on t;

-- case: a table of the same file
-- layout: plain
-- with: t rls
create policy p on t to authenticated using (user_id = auth.uid());
drop policy p on t;
create policy p on t to authenticated using (user_id = (select auth.uid()));

-- case: for another command
-- layout: plain
-- with: t rls
create policy p on t for delete to authenticated using (user_id = auth.uid());
-- file: 2.sql
drop policy p on t;
create policy q on t for select to authenticated using (user_id = (select auth.uid()));

-- case: nothing in its place
-- layout: plain
-- with: t rls
create policy p on t to authenticated using (user_id = auth.uid());
-- file: 2.sql
drop policy p on t;
