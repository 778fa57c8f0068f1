create table t (a integer primary key, b integer);
create index i on t (b);
alter table t cluster on t_pkey;
