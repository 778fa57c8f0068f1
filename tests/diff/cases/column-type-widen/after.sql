create table t (a bigint, b varchar(20), c numeric(10, 2), d varchar(50));
