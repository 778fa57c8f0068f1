create role alice;
create role bob;
create table t (a integer);
create policy p on t to alice, bob using (a > 0);
