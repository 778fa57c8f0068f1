create table t (a integer, b text) partition by list (a);
create table t1 partition of t for values in (1) partition by list (b);
create table t11 partition of t1 for values in ('x');
create table t2 partition of t for values in (2);
