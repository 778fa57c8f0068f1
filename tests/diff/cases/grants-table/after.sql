create role alice;
create role bob;
create table t (a integer, b integer, c integer);
grant select (a, c) on t to alice;
grant update (b) on t to bob with grant option;
grant all on t to bob;
