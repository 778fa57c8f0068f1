create table t (id integer) with (autovacuum_enabled = false);
