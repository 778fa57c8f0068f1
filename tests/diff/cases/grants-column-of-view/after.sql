create role alice;
create table t (a integer, b integer);
create view v as select a, b from t;
grant select (b), update (a) on v to alice with grant option;
