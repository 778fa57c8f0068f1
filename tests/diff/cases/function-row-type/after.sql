create table t (a integer, b text);
create function f(r t) returns text language sql as 'select $1.b';
create function g() returns setof t language sql as 'select * from public.t';
