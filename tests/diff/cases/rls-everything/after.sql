create role alice;
create table t (id integer, o text);
alter table t enable row level security, force row level security;
create policy p on t for select to alice using (o = current_user);
create policy strict on t as restrictive using (id > 0);
grant select on t to alice;
