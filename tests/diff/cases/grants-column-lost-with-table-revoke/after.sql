create role alice;
create table t (a integer, b integer, c integer);
grant select (a), update (b) on t to alice;
