create table t (a integer, b integer);
create materialized view m with (fillfactor = 80) as select a from t;
create view v as select a from m;
alter materialized view m alter a set statistics 6;
alter materialized view m alter a set compression default;
comment on column m.a is 'bee';
create index i on m (a);
