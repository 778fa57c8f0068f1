create type p as (x integer);
create function to_int(p) returns integer language sql immutable as 'select $1.x';
create function less(p, p) returns boolean language sql immutable as 'select $1.x < $2.x';
create cast (p as integer) with function to_int(p) as assignment;
create operator <<< (leftarg = p, rightarg = p, function = less);
create view v as select row(1)::p operator(public.<<<) row(2)::p as x;
