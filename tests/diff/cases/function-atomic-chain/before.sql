create table t (a integer, b integer);
create function f() returns bigint language sql begin atomic select count(*) from public.t where a > 0; end;
create function g() returns bigint language sql begin atomic select public.f() + 1; end;
create view v as select g() as n;
