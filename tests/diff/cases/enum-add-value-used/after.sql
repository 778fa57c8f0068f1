create type e as enum ('a', 'b', 'c');
create table t (x e default 'b', y text, check (x <> 'b' or y is not null));
create index i on t (y) where x = 'b';
create policy p on t using (x = 'b');
create view v as select * from t where x = 'b';
