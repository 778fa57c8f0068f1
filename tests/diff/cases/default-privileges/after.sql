create role alice;
alter default privileges in schema public grant select on tables to alice;
alter default privileges revoke execute on functions from public;
create table t (a integer);
create function f() returns integer language sql as 'select 1';
