create table t (a integer);
create view v as select a from t;
create view w as select a from v;
