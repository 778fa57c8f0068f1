create sequence s;
create table t (b integer);
