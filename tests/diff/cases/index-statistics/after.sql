create table t (a integer, b text);
create index i on t (a, (lower(b)));
alter index i alter column 2 set statistics 300;
