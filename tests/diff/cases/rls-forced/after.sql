create table t (a integer);
create table u (a integer);
alter table u enable row level security;
