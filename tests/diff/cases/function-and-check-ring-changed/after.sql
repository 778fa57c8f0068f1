create table t (a bigint, b integer);
create function f(r t) returns boolean language sql immutable as 'select $1.a > 1';
alter table t add constraint c check (f(t));
