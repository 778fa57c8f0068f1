create table t (a integer, b integer);
create materialized view m as select a, b from t with no data;
create unique index mi on m (a);
create view v as select a from m;
grant select on m to public;
comment on materialized view m is 'em';
