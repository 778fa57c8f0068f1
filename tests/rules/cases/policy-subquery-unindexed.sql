-- case: EXISTS that asks by the row and the caller
-- finds: warning public.seats.user_id
create table seats (id bigint primary key, user_id uuid, org_id uuid);
alter table seats enable row level security;
create table t (id bigint primary key, org_id uuid);
alter table t enable row level security;
create policy p on t for select using (exists (select 1 from seats s where s.org_id = t.org_id and s.user_id = auth.uid()));

-- case: an index by the row's column is enough
create table seats (id bigint primary key, user_id uuid, org_id uuid);
create index on seats (org_id);
alter table seats enable row level security;
create table t (id bigint primary key, org_id uuid);
alter table t enable row level security;
create policy p on t for select using (exists (select 1 from seats s where s.org_id = t.org_id and s.user_id = auth.uid()));

-- case: inside a function that the policy calls
-- finds: warning public.seats.user_id
create table seats (id bigint primary key, user_id uuid, org_id uuid);
alter table seats enable row level security;
create function in_org(org uuid) returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select from public.seats s where s.user_id = (select auth.uid()) and s.org_id = org) $$;
create table t (id bigint primary key, org_id uuid);
alter table t enable row level security;
create policy p on t for select to authenticated using (in_org(org_id));

-- case: a join finds its rows by the primary key
create table ranks (id bigint primary key, name text);
create table seats (user_id uuid, org_id uuid, rank_id bigint, primary key (user_id, org_id));
alter table ranks enable row level security;
alter table seats enable row level security;
create table t (id bigint primary key, org_id uuid);
create index on t (org_id);
alter table t enable row level security;
create policy p on t for select using (
  org_id in (select s.org_id from seats s join ranks r on r.id = s.rank_id where s.user_id = auth.uid() and r.name = 'chief'));

-- case: only new rows are asked of
create table seats (id bigint primary key, user_id uuid, org_id uuid);
alter table seats enable row level security;
create table t (id bigint primary key, org_id uuid);
alter table t enable row level security;
create policy p on t for insert with check (org_id in (select s.org_id from seats s where s.user_id = auth.uid()));

-- case: its own policies ask for the same index
create table seats (id bigint primary key, user_id uuid, org_id uuid);
alter table seats enable row level security;
create policy mine on seats for select using (user_id = auth.uid());
create table t (id bigint primary key, org_id uuid);
alter table t enable row level security;
create policy p on t for select using (org_id in (select s.org_id from seats s where s.user_id = auth.uid()));

-- case: the one condition is no equality
create table seats (id bigint primary key, user_id uuid, since date);
alter table seats enable row level security;
create table t (id bigint primary key);
alter table t enable row level security;
create policy p on t for select using (exists (select from seats s where s.since < current_date));

-- case: what a join finds by the other table's key needs no index here
create table ranks (id bigint primary key, user_id uuid);
create index on ranks (user_id);
create table seats (id bigint primary key, rank_id bigint);
alter table ranks enable row level security;
alter table seats enable row level security;
create table t (id bigint primary key, path text);
alter table t enable row level security;
create policy p on t for select using (
  exists (select from seats s join ranks r on r.id = s.rank_id where s.id::text = t.path and r.user_id = auth.uid()));
