create table t (id integer, x text default 'a');
