create table t (a integer primary key, b integer);
create table u (a integer primary key);
create publication p for table t;
