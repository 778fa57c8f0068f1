create role alice;
create role bob;
create table t (a integer);
grant select on t to alice with grant option;
set role alice;
grant select on t to bob;
reset role;
