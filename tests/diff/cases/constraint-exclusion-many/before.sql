create table t (room integer, span int4range);
