-- case: the primary key leads with it
create table t (user_id uuid, k text, primary key (user_id, k));
alter table t enable row level security;
create policy p on t for select using (user_id = auth.uid());

-- case: the primary key does not
-- finds: warning public.t.user_id
create table t (k text, user_id uuid, primary key (k, user_id));
alter table t enable row level security;
create policy p on t for select using (user_id = auth.uid());

-- case: inserting looks for nothing
create table t (user_id uuid);
alter table t enable row level security;
create policy p on t for insert with check (user_id = auth.uid());

-- case: another branch reads all anyway
-- finds: info public.t.user_id
create table t (user_id uuid, is_open boolean);
alter table t enable row level security;
create policy p on t for select using (is_open or user_id = auth.uid());

-- case: IN (SELECT …) has no use for it
-- with: members
create table t (org_id uuid);
alter table t enable row level security;
create policy p on t for select using (org_id in (select m.org_id from members m where m.user_id = (select
  auth.uid())));

-- case: out of reach
create table t (user_id uuid);
alter table t enable row level security;
revoke all on t from anon, authenticated;
create policy p on t for select using (user_id = auth.uid());
