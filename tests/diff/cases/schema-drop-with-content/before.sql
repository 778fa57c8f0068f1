create role r1;
create schema a authorization r1;
grant usage on schema a to public;
create type a.e as enum ('x');
create table a.t (x a.e);
create function a.f() returns integer language sql as 'select 1';
