create table t (id integer);
alter table t enable row level security;
create policy p on t using (id > 0);
