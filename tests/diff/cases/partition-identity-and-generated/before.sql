create table t (id bigint not null, a integer) partition by list (a);
create table t1 partition of t for values in (1);
