create table t (a integer, b integer, constraint u unique nulls not distinct (a) include (b));
