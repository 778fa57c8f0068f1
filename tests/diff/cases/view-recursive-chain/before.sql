create table t (a integer, b integer, c integer);
create view v1 as select a, b from t;
create view v2 as select a, b from v1;
create view v3 as select v1.a, v2.b from v1 join v2 using (a);
create view v4 as select * from v3;
