create table t (a text, b jsonb, c integer[]);
create index i on t (upper(a) collate "C" text_pattern_ops desc nulls last);
create index g on t using gin (b jsonb_path_ops);
create index h on t using gin (c) with (fastupdate = off);
create index k on t using brin (a) with (pages_per_range = 8);
