create type r as range (subtype = bigint, multirange_type_name = rs);
create table t (x r);
