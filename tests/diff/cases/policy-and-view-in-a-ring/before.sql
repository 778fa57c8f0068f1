create table t (a integer, n integer);
create view v as select n from t;
create policy p on t using (a in (select n from v));
