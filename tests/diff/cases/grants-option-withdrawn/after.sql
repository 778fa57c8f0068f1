create role alice;
create table t (a integer);
create function f() returns integer language sql as 'select 1';
grant select on t to alice;
grant insert on t to alice with grant option;
grant execute on function f() to alice;
