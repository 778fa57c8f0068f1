create table t (id integer primary key, code text unique, n integer);
create table u (t integer references t);
