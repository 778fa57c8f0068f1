create schema s;
create table s.t (a integer primary key, b text);
create publication p for table s.t where (b = 'x');
