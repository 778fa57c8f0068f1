create type p as (x integer);
create function to_int(p) returns integer language sql immutable as 'select $1.x + 1';
create cast (p as integer) with function to_int(p);
comment on cast (p as integer) is 'one way';
create view v as select row(1)::p::integer as x;
