create extension pg_trgm;
create extension citext;
create table t (a citext);
create index i on t using gin ((a::text) gin_trgm_ops);
