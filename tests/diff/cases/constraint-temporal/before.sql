create table t (id int4range not null, span daterange not null);
