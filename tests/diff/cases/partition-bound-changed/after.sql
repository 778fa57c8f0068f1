create table t (a integer) partition by range (a);
create table t1 partition of t for values from (1) to (15);
create table t2 partition of t for values from (15) to (maxvalue);
