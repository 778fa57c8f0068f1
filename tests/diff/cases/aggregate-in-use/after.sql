create function add_up(integer, integer) returns integer language sql immutable strict as 'select $1 + $2';
create aggregate total(integer) (sfunc = add_up, stype = integer, initcond = '1', parallel = safe);
create table t (a integer);
create view v as select total(a) as a from t;
create materialized view m as select total(a) as a from t;
revoke execute on function total(integer) from public;
