create table t (a integer);
create view v as select a from t;
create function f() returns setof v language sql as 'select * from public.v';
create view w as select a from f();
grant execute on function f() to public;
