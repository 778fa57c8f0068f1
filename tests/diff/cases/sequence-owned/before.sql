create sequence s;
create table t (a integer, b integer);
