create role alice;
create schema s;
create type e as enum ('a');
create function f() returns integer language sql as 'select 1';
