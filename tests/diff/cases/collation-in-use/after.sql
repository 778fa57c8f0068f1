create collation c2 (provider = libc, locale = 'POSIX');
create table t (a text collate c2);
create index i on t (a);
create view v as select a from t order by a;
