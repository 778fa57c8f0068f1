create table t (a bigint, b integer);
create function f() returns numeric language sql begin atomic select sum(a) from public.t; end;
create function g() returns numeric language sql begin atomic select public.f() + 2; end;
create view v as select g() as n;
