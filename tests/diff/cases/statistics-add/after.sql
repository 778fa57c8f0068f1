create schema s;
create table t (a integer, b integer, c text);
create statistics st on a, b from t;
create statistics s."St x" (mcv) on b, (lower(c)) from t;
alter statistics st set statistics 50;
comment on statistics st is 'ess tee';
