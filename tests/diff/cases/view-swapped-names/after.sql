create table t (a integer, b text);
create view v as select b from t;
create view w as select a from t;
