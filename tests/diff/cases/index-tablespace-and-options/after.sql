create table t (a integer, b integer);
create index i on t (a) with (fillfactor = 60);
create unique index j on t (b) include (a) with (fillfactor = 70);
