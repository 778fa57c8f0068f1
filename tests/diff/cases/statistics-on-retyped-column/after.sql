create table t (a text, b bigint);
create statistics st (ndistinct) on a, b from t;
comment on statistics st is 'kept';
