create unlogged table t (id integer primary key) with (fillfactor = 50);
create unlogged table u (t integer references t);
