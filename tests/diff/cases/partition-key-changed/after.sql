create table t (a integer, b integer) partition by range (b);
create table t1 partition of t for values from (0) to (10);
