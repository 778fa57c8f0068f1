create table t (id integer) with (fillfactor = 80);
