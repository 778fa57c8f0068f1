create table t (a integer, b integer);
create statistics st (ndistinct) on a, b from t;
create statistics ex on (a + b), b from t;
comment on statistics st is 'kept';
