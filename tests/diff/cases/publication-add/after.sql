create schema s;
create table t (a integer primary key, b text);
create table s.u (a integer primary key);
create publication p for table t (a, b) where (a > 1);
create publication "p 2" for tables in schema s with (publish = 'insert, update');
create publication empty;
comment on publication p is 'pee';
