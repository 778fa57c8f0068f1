create schema ext;
create extension pg_trgm schema ext;
create table t (a text);
create index i on t using gin (a ext.gin_trgm_ops);
