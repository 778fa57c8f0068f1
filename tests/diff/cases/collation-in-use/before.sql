create collation c (provider = libc, locale = 'C');
create table t (a text collate c);
create index i on t (a);
create view v as select a from t order by a;
