create function g(integer, integer) returns integer language sql as 'select 1';
create aggregate f(integer) (sfunc = g, stype = integer);
