create table t (a text, b jsonb, c integer[]);
create index i on t (lower(a));
create index g on t using gin (b);
