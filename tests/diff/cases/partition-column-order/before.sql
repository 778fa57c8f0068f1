create table t (a integer, b text) partition by list (a);
create table t1 (b text, a integer);
alter table t attach partition t1 for values in (1);
