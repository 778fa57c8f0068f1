create schema s;
create table t (a integer primary key, b text);
create table s.u (a integer primary key);
