create table t (a integer, b text default 'x') partition by list (a);
create table t1 partition of t for values in (1, null);
create table td partition of t default;
alter table td alter b set default 'y';
