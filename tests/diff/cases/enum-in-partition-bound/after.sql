create type e as enum ('b', 'a');
create table t (x e, n integer) partition by list (x);
create table ta partition of t for values in ('a');
create table tb partition of t for values in ('b');
