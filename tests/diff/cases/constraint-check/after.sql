create table t (a integer, b integer, constraint c1 check (a > 1), constraint c3 check (a < b) not valid);
