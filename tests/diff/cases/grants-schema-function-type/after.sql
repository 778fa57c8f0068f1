create role alice;
create schema s;
grant usage, create on schema s to alice;
create type e as enum ('a');
revoke usage on type e from public;
create function f() returns integer language sql as 'select 1';
revoke execute on function f() from public;
grant execute on function f() to alice;
