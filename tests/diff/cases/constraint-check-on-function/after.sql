create function ok(n integer) returns boolean language sql immutable as 'select n >= 0';
create table t (a integer, constraint c check (ok(a)), constraint d check (ok(a + 1)));
