create table t (a integer, b integer);
create materialized view m with (fillfactor = 70) as select a from t;
create view v as select a from m;
alter materialized view m alter a set statistics 5;
comment on column m.a is 'ay';
