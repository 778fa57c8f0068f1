create table t (a integer, b text);
create function f(t) returns text language sql as 'select $1.b';
create view v as select f(t) as x from t;
