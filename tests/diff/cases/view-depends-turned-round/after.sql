create table t (a integer);
create view w as select a from t;
create view v as select a from w;
