create table t (a integer);
create view v as select a from t where a > 0 with cascaded check option;
create view w with (security_invoker) as select a from v;
