create table t (a integer, b integer);
create materialized view m as select a, b from t;
create unique index i on m (a, b);
create index j on m (b desc);
comment on index j is 'jay';
