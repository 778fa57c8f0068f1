create role alice;
create table t (a integer);
