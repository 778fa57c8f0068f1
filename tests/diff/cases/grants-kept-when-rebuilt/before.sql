create role alice;
create table t (a integer, b integer);
create view v as select a, b from t;
grant select (a) on v to alice;
grant insert on v to alice with grant option;
create function f(a integer) returns integer language sql as 'select 1';
revoke all on function f(integer) from public;
grant execute on function f(integer) to alice;
