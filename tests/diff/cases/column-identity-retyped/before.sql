create table t (id integer generated always as identity primary key, x text);
create view v as select id from t;
