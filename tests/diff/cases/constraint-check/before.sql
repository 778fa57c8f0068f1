create table t (a integer, b integer, constraint c1 check (a > 0), constraint c2 check (b > 0));
