create table t (a text collate "C", b text);
create view v as select a, b from t;
create view w as select * from v;
