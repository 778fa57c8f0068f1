create role alice;
create role bob;
create table t (a integer);
grant select on t to bob;
