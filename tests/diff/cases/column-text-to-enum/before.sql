create table t (id integer, x text default 'a' not null check (x in ('a', 'b')));
create index i on t (x);
create view v as select x from t;
