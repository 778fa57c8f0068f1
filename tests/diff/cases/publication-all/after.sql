create table t (a integer primary key);
create publication p for all tables;
