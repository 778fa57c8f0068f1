create table t (a integer);
create table u (id integer primary key);
