create function twice(integer) returns integer language sql immutable as 'select $1 * 2';
create table t (a integer, b integer generated always as (twice(a)) stored);
create index i on t (b);
create view v as select b from t;
grant select (b) on t to public;
comment on column t.b is 'bee';
