create table t (a integer);
create function f(integer) returns integer language sql stable as 'select $1';
create view v as select f(a) as a from t;
create function g() returns bigint language sql stable as 'select count(*) from public.v';
create view w as select g() as n;
