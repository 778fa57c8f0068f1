create table t (id bigint, owner text, team bigint);
create table m (team bigint, member text);
alter table t enable row level security;
create policy p on t using (owner = current_user);
create policy q on t for select using (team in (select m.team from m where m.member = current_user));
create policy r on m using (exists (select 1 from t where t.team = m.team));
