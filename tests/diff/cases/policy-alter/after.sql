create role alice;
create role bob;
create table t (a integer, o text);
alter table t enable row level security;
create policy p on t for select to bob, alice using (a > 1);
create policy q on t for update using (a > 0) with check (a > 2);
comment on policy p on t is 'pee';
