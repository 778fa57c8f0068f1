create table t (id integer primary key, a text, n integer);
create view v as select id, a, sum(n) as n from t group by id;
