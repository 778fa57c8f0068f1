create role alice;
create table t (a text, b integer);
create view v as select a, b from t;
grant select (a) on v to alice;
grant insert on v to alice with grant option;
create function f(a integer) returns bigint language sql as 'select 1::bigint';
revoke all on function f(integer) from public;
grant execute on function f(integer) to alice;
