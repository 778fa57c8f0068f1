create type c as (b text, d date, e integer);
create table t (x c);
create view v as select (x).e from t;
create function f(c) returns integer language sql as 'select $1.e';
