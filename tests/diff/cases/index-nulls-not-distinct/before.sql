create table t (a integer, b integer);
create unique index i on t (a);
