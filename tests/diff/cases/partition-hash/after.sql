create table t (a integer, b text not null) partition by hash (a);
create table t0 partition of t for values with (modulus 2, remainder 0);
create table t1 partition of t for values with (modulus 2, remainder 1);
create unique index u on t (a);
