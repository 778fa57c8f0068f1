create role alice;
create role bob;
create schema s authorization alice;
create table t (a serial);
alter table t owner to alice;
create view v as select 1 as a;
create function f() returns integer language sql as 'select 1';
create type e as enum ('a');
grant select on t to bob;
