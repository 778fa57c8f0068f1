create table t (a integer);
alter table t enable row level security;
create policy p on t for insert with check (true);
create policy q on t for update using (a > 0);
create policy r on t as restrictive using (a = 1);
