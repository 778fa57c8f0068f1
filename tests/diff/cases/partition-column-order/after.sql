create table t (a integer, b text, c date) partition by list (a);
create table t1 (b text, a integer, c date);
alter table t attach partition t1 for values in (1);
create view v as select * from t;
