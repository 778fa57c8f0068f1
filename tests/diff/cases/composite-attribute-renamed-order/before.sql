create type c as (a integer, b text);
create table t (x c, n integer);
create view v as select (x).b from t;
