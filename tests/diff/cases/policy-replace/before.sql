create table t (a integer);
alter table t enable row level security;
create policy p on t for select using (true);
create policy q on t for update using (a > 0) with check (a > 1);
create policy r on t using (a = 1);
