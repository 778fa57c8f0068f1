create table t (a text, b integer, c integer);
alter table t alter b set statistics 0;
alter table t alter b set (n_distinct = -1, n_distinct_inherited = 4);
alter table t alter c set statistics 1000;
