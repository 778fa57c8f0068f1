create table t (a integer primary key, b integer);
create publication p for table t where (b > 1);
