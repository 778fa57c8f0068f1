create table t (a integer, c integer);
create view v as select * from t;
create view w as select v.* from v where a > 0;
