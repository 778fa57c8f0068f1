create role alice;
create table t (a integer, b integer, c integer);
grant select, update on t to alice;
grant select (a) on t to alice;
