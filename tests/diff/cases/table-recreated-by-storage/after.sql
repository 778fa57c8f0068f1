create table t (id integer primary key) with (fillfactor = 60);
create table u (t integer references t);
