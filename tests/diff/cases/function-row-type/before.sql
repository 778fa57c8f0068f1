create table t (a integer);
create function f(r t) returns integer language sql as 'select 1';
create function g() returns setof t language sql as 'select * from public.t';
