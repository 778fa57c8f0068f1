create type e as enum ('a', 'b', 'c');
create table t (x e primary key, y e[]);
create table u (x e references t);
