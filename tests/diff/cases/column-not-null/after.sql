create table t (a integer not null, b integer, c integer default 1);
