create function add(integer, integer) returns integer language sql immutable as 'select $1 + $2';
create aggregate total(integer) (sfunc = add, stype = integer, initcond = '0');
create view v as select total(x) from generate_series(1, 3) as x;
