create table t (a integer, b text);
create index i on t (a desc nulls last, lower(b)) include (b) where a > 1;
create unique index j on t using btree (b text_pattern_ops);
create index h on t using hash (a);
