create table t (a text, b integer, c integer);
alter table t alter a set statistics 10;
alter table t alter b set (n_distinct = 0.5);
