create role alice;
create table t (a integer, b integer);
grant select (a) on t to alice;
grant update on t to alice;
grant update (b) on t to alice;
