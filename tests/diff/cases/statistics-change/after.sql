create table t (a integer, b bigint, c integer);
create statistics st (ndistinct, mcv) on a, b, c from t;
