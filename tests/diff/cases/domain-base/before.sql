create domain d as integer check (value > 0);
create table t (x d, y d[]);
create view v as select x from t;
