create table t (a integer, b integer);
create view v as select a, b from t;
create view w as select a from v;
grant select on v to public;
