create table t (a integer, b integer);
create function f(r t) returns boolean language sql immutable as 'select $1.a > 0';
alter table t add constraint c check (f(t));
