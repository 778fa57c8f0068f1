create table t (a integer, b integer not null, c integer default 1 not null);
