create function f(a integer) returns bigint language sql immutable as 'select a::bigint';
create table t (a integer check (f(a) > 0), b integer default f(1));
create index i on t (f(a));
create view v as select f(a) as x from t;
create policy p on t using (f(a) = 1);
revoke execute on function f(integer) from public;
comment on function f(integer) is 'eff';
