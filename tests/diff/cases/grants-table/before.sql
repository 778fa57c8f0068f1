create role alice;
create role bob;
create table t (a integer, b integer, c integer);
grant select, insert on t to alice;
grant update (a, b) on t to bob;
