-- case: members of the tenant
-- with: members
-- finds: warning public.d.org_id
create table d (id int primary key, org_id uuid, body text);
alter table d enable row level security;
create policy p on d to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));

-- case: by a claim
-- finds: warning public.d.tenant_id
create table d (id int primary key, tenant_id uuid);
alter table d enable row level security;
create policy p on d to authenticated
  using (tenant_id = ((select auth.jwt()) -> 'app_metadata' ->> 'tenant_id')::uuid);

-- case: members only read
-- with: members
-- finds: info public.d.org_id
create table d (id int primary key, org_id uuid);
alter table d enable row level security;
create policy r on d for select to authenticated
  using (exists (select 1 from members m where m.org_id = d.org_id and m.user_id = (select auth.uid())));

-- case: not null
-- with: members
create table d (id int primary key, org_id uuid not null);
alter table d enable row level security;
create policy p on d to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));

-- case: rows of no tenant are everybody's
-- with: members
create table d (id int primary key, org_id uuid);
alter table d enable row level security;
create policy r on d for select to authenticated
  using (org_id is null or org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));

-- case: one's own rows may be of no tenant
-- with: members
create table d (id int primary key, org_id uuid, user_id uuid not null);
alter table d enable row level security;
create policy ours on d for select to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));
create policy mine on d to authenticated using (user_id = (select auth.uid()));

-- case: rows outlive their tenant
-- with: members
create table orgs (id uuid primary key);
create table d (id int primary key, org_id uuid references orgs (id) on delete set null);
alter table d enable row level security;
create policy p on d to authenticated
  using (org_id in (select m.org_id from members m where m.user_id = (select auth.uid())));

-- case: a parent that is no tenant
-- with: members
create table boards (id int primary key, org_id uuid not null);
create table d (id int primary key, board_id int references boards (id));
alter table d enable row level security;
create policy p on d to authenticated using (board_id in (select b.id from boards b
  join members m on m.org_id = b.org_id where m.user_id = (select auth.uid())));
