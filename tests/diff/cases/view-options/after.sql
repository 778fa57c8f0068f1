create table t (a integer);
create view v with (security_invoker = true) as select a from t;
create view w as select a from t;
