create table t (a integer);
create view v with (security_barrier, security_invoker) as select a from t where a > 0 with local check option;
create view w as select a from v;
