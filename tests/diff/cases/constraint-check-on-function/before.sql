create function ok(integer) returns boolean language sql immutable as 'select $1 > 0';
create table t (a integer, constraint c check (ok(a)));
