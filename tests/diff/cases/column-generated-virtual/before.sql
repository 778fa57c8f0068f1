create table t (a integer, b integer);
