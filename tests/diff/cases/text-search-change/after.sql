create text search dictionary d (template = simple, accept = true);
create text search configuration c (copy = simple);
alter text search configuration c alter mapping for asciiword with d, simple;
create table t (a text, v tsvector generated always as (to_tsvector('c', a)) stored);
create index i on t using gin (to_tsvector('c', a));
comment on text search dictionary d is 'dee';
