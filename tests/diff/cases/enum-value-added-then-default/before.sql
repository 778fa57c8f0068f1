create type e as enum ('a');
create table t (x e default 'a');
create function f(e default 'a') returns integer language sql as 'select 1';
