create table t (a integer, b integer);
create index i on t (a) with (fillfactor = 50, deduplicate_items = off);
