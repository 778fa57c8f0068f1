create table t (a integer default 1, b bigint);
create function f() returns bigint language sql stable as 'select count(*) from public.t';
alter table t alter b set default f();
create view v as select f() as n;
