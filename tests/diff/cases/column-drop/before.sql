create table t (a integer, b integer, c integer);
create index i on t (b);
create view v as select a, b from t;
create policy p on t using (c > 0);
