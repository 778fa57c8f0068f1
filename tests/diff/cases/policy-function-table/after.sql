create table m (u text, team integer);
create table t (team integer);
alter table t enable row level security;
alter table m enable row level security;
create function teams() returns setof integer language sql stable security definer set search_path = '' as 'select team from public.m where u = current_user';
create policy p on t using (team in (select teams()));
create policy own on m using (u = current_user);
