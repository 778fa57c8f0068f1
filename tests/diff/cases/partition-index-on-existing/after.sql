create table t (a integer, b text) partition by list (a);
create table t1 partition of t for values in (1) partition by list (b);
create table t11 partition of t1 for values in ('x');
create table t2 partition of t for values in (2);
create index i on t (b);
create unique index u on t (a, b);
comment on index i is 'on all of them';
comment on index t2_b_idx is 'of one';
