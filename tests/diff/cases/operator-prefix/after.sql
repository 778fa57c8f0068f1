create function fact(integer) returns integer language sql immutable as 'select $1';
create operator !!! (rightarg = integer, function = fact);
create table t (a integer default !!! 5, check ((!!! a) > 0));
