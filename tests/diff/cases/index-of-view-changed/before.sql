create table t (a integer, b integer);
create materialized view m as select a, b from t;
create index i on m (a);
