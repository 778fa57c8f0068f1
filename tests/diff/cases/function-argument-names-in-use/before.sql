create role alice;
create function f(a integer, b integer) returns integer language sql immutable as 'select a';
create table t (x integer default f(1, 2), y integer generated always as (f(x0, 1)) stored, x0 integer, constraint c check (f(x0, 2) > 0));
create index i on t (f(x0, 3));
create policy p on t using (f(x0, 3) > 0);
create function g() returns integer language sql begin atomic select public.f(1, 2); end;
revoke all on function f(integer, integer) from public;
grant execute on function f(integer, integer) to alice;
comment on function f(integer, integer) is 'eff';
