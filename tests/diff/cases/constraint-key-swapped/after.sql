create table t (id integer unique, code text primary key, n integer);
create table u (t text references t);
