create role alice;
create role bob;
create table t (a integer, o text);
alter table t enable row level security;
create policy p on t for select to alice using (a > 0);
create policy q on t for update using (a > 0) with check (a > 1);
comment on policy p on t is 'pee';
