create type c as (b text, a integer);
create table t (x c, n integer);
create view v as select (x).b from t;
