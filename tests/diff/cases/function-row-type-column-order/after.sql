create table t (a integer, n date, b text);
create function f(t) returns text language sql as 'select $1.b || $1.n::text';
create view v as select f(t) as x from t;
