create table t (a integer, b integer, c integer generated always as (a + b) virtual, d integer generated always as (a * 2) stored);
create index i on t (d);
create view v as select c, d from t;
