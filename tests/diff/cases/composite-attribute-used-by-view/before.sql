create type c as (a integer, b text, d date);
create table t (x c);
create view v as select (x).a from t;
create function f(c) returns integer language sql as 'select $1.a';
