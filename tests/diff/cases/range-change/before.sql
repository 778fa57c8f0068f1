create type r as range (subtype = integer);
create table t (x r);
