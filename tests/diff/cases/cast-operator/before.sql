create type p as (x integer);
create function to_int(p) returns integer language sql immutable as 'select $1.x';
create function less(p, p) returns boolean language sql immutable as 'select $1.x < $2.x';
