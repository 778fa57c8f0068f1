-- case: one is wrapped, one is bare
-- with: t rls
-- finds: warning public.t.p
create policy p on t for select using (user_id = (select auth.uid()) or owner = auth.uid());

-- case: the whole claim in a sub-select
-- with: t rls
create policy p on t for select using (user_id = (select (auth.jwt() ->> 'sub')::uuid));

-- case: capital letters and spaces
-- with: t rls
create policy p on t for select using (user_id = ( SELECT auth.uid() AS uid ));

-- case: inside a sub-query on the row
-- with: members t rls
-- finds: warning public.t.p
create policy p on t for select using (exists (select 1 from members m where m.org_id = t.org_id and m.user_id =
  auth.uid()));

-- case: a sub-query that does not look at the row
-- with: members t rls
create policy p on t for select using (org_id in (select m.org_id from members m where m.user_id = auth.uid()));

-- case: only new rows
-- with: t rls
-- finds: info public.t.p
create policy p on t for insert with check (user_id = auth.uid());
