create type e as enum ('a', 'b');
create table t (x e default 'b' check (x in ('a', 'b')));
create table u (y e default 'b');
create function f(e default 'b') returns integer language sql as 'select 1';
