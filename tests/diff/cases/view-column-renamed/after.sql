create table t (a integer, b integer);
create view v as select a as x, b from t;
create view w as select x as a from v;
grant select on v to public;
