create table u (id integer primary key);
create table t (a integer, b integer) partition by list (a);
create table t1 partition of t for values in (1) partition by list (b);
create table t11 partition of t1 for values in (1);
create table t2 partition of t for values in (2);
alter table t add constraint c check (b > 0);
alter table t add constraint f foreign key (b) references u;
