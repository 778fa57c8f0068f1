-- case: the sub-query's own column on both sides
-- with: t rls members
-- finds: error public.t.p
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.org_id = org_id and m.user_id = (select auth.uid())));

-- case: written out
-- with: t rls members
-- finds: error public.t.p
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.org_id = m.org_id and m.user_id = (select auth.uid())));

-- case: both clauses are one finding
-- with: t rls members
-- finds: error public.t.p
create policy p on t for update to authenticated
  using (exists (select 1 from members m where m.org_id = org_id and m.user_id = (select auth.uid())))
  with check (exists (select 1 from members m where m.org_id = org_id and m.user_id = (select auth.uid())));

-- case: IN, and a join
-- with: t rls members
-- finds: error public.t.p
create policy p on t for select to authenticated
  using (user_id in (select m.user_id from members m join members o on o.org_id = o.org_id
    where o.user_id = (select auth.uid())));

-- case: in one of two branches of the sub-query
-- with: t rls members
-- finds: error public.t.p
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.user_id = (select auth.uid())
    and (m.org_id = t.org_id or m.user_id = m.user_id)));

-- case: the parent of the row by its key
-- finds: error public.orgs.p
create table orgs (id uuid primary key);
create table crew (user_id uuid, org_id uuid references orgs (id));
alter table orgs enable row level security;
create policy p on orgs for select to authenticated
  using (exists (select 1 from crew c where c.org_id = org_id and c.user_id = (select auth.uid())));

-- case: the row's own column
-- with: t rls
-- finds: error public.t.p
create policy p on t for select to authenticated using (user_id = user_id);

-- case: what may be NULL is a test for NOT NULL
-- with: t rls
-- finds: warning public.t.p
create policy p on t for select to authenticated using (owner = owner);

-- case: never true
-- with: t rls
-- finds: warning public.t.p
create policy p on t for select to authenticated using (user_id <> user_id);

-- case: it narrows nothing beside what does
-- with: t rls members
-- finds: warning public.t.p
create policy p on t for select to authenticated using (exists (
  select 1 from members m where m.role = m.role and m.org_id = t.org_id and m.user_id = (select auth.uid())));

-- case: no client reaches the table
-- with: t rls closed members
-- finds: warning public.t.p
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.org_id = org_id and m.user_id = (select auth.uid())));

-- case: what is true of every row and writes is another rule's
-- with: t rls
create policy p on t for delete using (user_id = user_id);

-- case: different sides
-- with: t rls members
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.org_id = t.org_id and m.user_id = (select auth.uid())));

-- case: a bare name that only the row has
-- with: t rls members
create policy p on t for select to authenticated
  using (exists (select 1 from members m where m.org_id = owner and m.user_id = (select auth.uid())));

-- case: the same column of two aliases
-- with: t rls members
create policy p on t for select to authenticated
  using (user_id in (select m.user_id from members m join members o on m.org_id = o.org_id
    where o.user_id = (select auth.uid())));

-- case: a sum with itself is no comparison
-- with: t rls
create policy p on t for select to authenticated using (id + id > 4 and user_id = (select auth.uid()));

-- case: rows that anybody writes are another rule's too
-- with: t rls
create policy p on t for update to authenticated using (owner = owner);
