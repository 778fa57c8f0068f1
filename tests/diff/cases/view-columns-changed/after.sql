create table t (a integer, b integer);
create view v with (security_barrier = true) as select b, a::text from t;
create view w as select a from v;
comment on column v.b is 'bee';
alter view v alter column b set default 5;
grant select (a) on v to public;
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger tr instead of insert on v for each row execute function f();
