create table t (a integer primary key, b integer, constraint other unique (b) deferrable);
create table u (t integer);
