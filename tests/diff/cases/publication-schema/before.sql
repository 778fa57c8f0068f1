create schema s;
create table s.t (a integer primary key, b integer);
create publication p for tables in schema s;
