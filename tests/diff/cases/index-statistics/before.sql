create table t (a integer, b text);
create index i on t (a, (lower(b)));
