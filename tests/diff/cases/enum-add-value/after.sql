create type e as enum ('zero', 'a', 'b', 'c', 'd');
create table t (x e);
