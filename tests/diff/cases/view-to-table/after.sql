create table t (a integer);
create table v (a integer primary key);
create view w as select a from v;
grant select on v to public;
