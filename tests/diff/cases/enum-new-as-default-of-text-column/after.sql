create type e as enum ('a', 'b');
create table t (id integer, x e default 'b');
