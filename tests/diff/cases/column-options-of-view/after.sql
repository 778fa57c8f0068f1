create table t (a integer, b integer);
create view v as select a, b from t;
alter view v alter column a set default 7;
comment on column v.a is 'ay';
