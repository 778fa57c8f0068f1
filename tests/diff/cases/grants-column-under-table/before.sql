create role alice;
create table t (a integer, b integer);
grant select on t to alice;
grant update (a) on t to alice;
