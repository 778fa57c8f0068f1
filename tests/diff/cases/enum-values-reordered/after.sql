create type e as enum ('c', 'b', 'a');
create table t (x e primary key, y e[]);
create table u (x e references t);
