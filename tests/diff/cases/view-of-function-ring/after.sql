create table t (a integer);
create function f(integer) returns bigint language sql stable as 'select $1::bigint';
create view v as select f(a) as a from t;
create function g() returns numeric language sql stable as 'select sum(a) from public.v';
create view w as select g() as n;
