create collation c (provider = libc, locale = 'C');
create table t (a integer, b integer, d text collate c);
create statistics st (dependencies) on a, b from t;
comment on statistics st is 'stat';
