create table t (id integer, a text);
create index i on t (a);
create view v as select a from t;
