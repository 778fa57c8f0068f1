create table m (u text, team integer);
create table t (team integer);
alter table t enable row level security;
