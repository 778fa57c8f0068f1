create table t (a integer, b integer, c integer);
create statistics st (dependencies) on a, b from t;
