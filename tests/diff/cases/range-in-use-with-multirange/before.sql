create function diff(x bigint, y bigint) returns double precision language sql immutable as 'select (x - y)::double precision';
create type r as range (subtype = bigint, multirange_type_name = rs);
create table t (x r, y rs, exclude using gist (x with &&));
create function f(r) returns rs language sql as 'select multirange($1)';
create view v as select y from t;
comment on type r is 'ar';
