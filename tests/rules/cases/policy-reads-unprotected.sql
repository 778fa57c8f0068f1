-- case: members are anybody's to write
-- with: t rls
-- finds: warning public.t.p
create table members (user_id uuid, org_id uuid, role text, primary key (user_id, org_id));
create policy p on t for select to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));

-- case: EXISTS in WITH CHECK
-- with: t rls
-- finds: warning public.t.p
create table members (user_id uuid, org_id uuid, role text, primary key (user_id, org_id));
create policy p on t for insert to authenticated
  with check (exists (select 1 from members m where m.org_id = t.org_id and m.user_id = (select auth.uid())));

-- case: members are protected
-- with: members t rls
create policy p on t for select to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));

-- case: clients can only read it
-- with: t rls
create table members (user_id uuid, org_id uuid, role text, primary key (user_id, org_id));
revoke insert, update, delete, truncate on members from anon, authenticated;
create policy p on t for select to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));

-- case: where clients are not
-- with: t rls
create schema private;
create table private.members (user_id uuid, org_id uuid, primary key (user_id, org_id));
create policy p on t for select to authenticated
  using (org_id in (select m.org_id from private.members m where m.user_id = (select auth.uid())));

-- case: no client meets the policy
-- with: t rls closed
create table members (user_id uuid, org_id uuid, role text, primary key (user_id, org_id));
create policy p on t for select to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));
