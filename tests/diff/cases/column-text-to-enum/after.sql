create type e as enum ('a', 'b');
create table t (id integer, x e default 'a' not null);
create index i on t (x);
create view v as select x from t;
