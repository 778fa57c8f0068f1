create table t (a integer primary key, b bigint);
create publication p for table t where (b > 1);
