-- case: two tables, once
-- with: t rls
-- finds: error public.shares.q
create table shares (t_id bigint, user_id uuid, primary key (t_id, user_id));
alter table shares enable row level security;
create policy p on t for select to authenticated using (exists (select 1 from shares s where s.t_id = t.id));
create policy q on shares for select to authenticated using (exists (select 1 from t where t.id = shares.t_id));

-- case: three tables
-- with: t rls
-- finds: error public.a.p
create table a (id bigint primary key);
create table b (id bigint primary key);
alter table a enable row level security;
alter table b enable row level security;
create policy p on a for select to authenticated using (id in (select b.id from b));
create policy p on b for select to authenticated using (id in (select t.id from t));
create policy p on t for select to authenticated using (id in (select a.id from a));

-- case: only who inserts goes round
-- with: t rls
-- finds: error public.t.w
create table shares (t_id bigint, user_id uuid, primary key (t_id, user_id));
alter table shares enable row level security;
create policy p on t for select to authenticated using (user_id = (select auth.uid()));
create policy w on t for insert to authenticated with check (exists (select 1 from shares s where s.t_id = t.id));
create policy q on shares for select to authenticated using (exists (select 1 from t where t.id = shares.t_id));

-- case: by way of a function of the caller's rights
-- with: t rls
-- finds: error public.shares.q
create table shares (t_id bigint, user_id uuid, primary key (t_id, user_id));
alter table shares enable row level security;
create function shown(bigint) returns boolean language plpgsql stable as
  $$ begin return exists (select 1 from t where t.id = $1); end $$;
create policy p on t for select to authenticated using (exists (select 1 from shares s where s.t_id = t.id));
create policy q on shares for select to authenticated using (shown(t_id));

-- case: no client reaches the tables
-- with: t rls closed
-- finds: warning public.shares.q
create table shares (t_id bigint, user_id uuid, primary key (t_id, user_id));
alter table shares enable row level security;
revoke all on shares from anon, authenticated;
create policy p on t for select to authenticated using (exists (select 1 from shares s where s.t_id = t.id));
create policy q on shares for select to authenticated using (exists (select 1 from t where t.id = shares.t_id));

-- case: a definer helper breaks the circle
-- with: t rls
create table shares (t_id bigint, user_id uuid, primary key (t_id, user_id));
alter table shares enable row level security;
create function shown(bigint) returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from public.t where t.id = $1) $$;
create policy p on t for select to authenticated using (exists (select 1 from shares s where s.t_id = t.id));
create policy q on shares for select to authenticated using (shown(t_id));

-- case: inserting, where reading has no sub-query
-- with: t rls
create table shares (t_id bigint, user_id uuid, primary key (t_id, user_id));
alter table shares enable row level security;
create policy p on t for select to authenticated using (user_id = auth.uid());
create policy w on t for insert to authenticated with check (exists (select 1 from shares s where s.t_id = t.id));
create policy q on shares for select to authenticated using (exists (select 1 from t where t.id = shares.t_id));

-- case: the policies are for different roles
-- with: t rls
create table shares (t_id bigint, user_id uuid, primary key (t_id, user_id));
alter table shares enable row level security;
create policy p on t for select to authenticated using (exists (select 1 from shares s where s.t_id = t.id));
create policy q on shares for select to anon using (exists (select 1 from t where t.id = shares.t_id));

-- case: one of the tables has row level security off
-- with: t rls
create table shares (t_id bigint, user_id uuid, primary key (t_id, user_id));
create policy p on t for select to authenticated using (exists (select 1 from shares s where s.t_id = t.id));
create policy q on shares for select to authenticated using (exists (select 1 from t where t.id = shares.t_id));

-- case: its own table is for another rule
-- with: t rls
create policy p on t for select to authenticated using (id in (select x.id from t x));
