create table t (a integer, b integer, constraint u unique (a));
