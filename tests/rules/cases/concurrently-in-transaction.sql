-- case: among others in a file of the Supabase CLI
-- with: old
-- finds: error public.n.i
-- file: 2
select 1;
create index concurrently i on n (status);

-- case: after a setting
-- with: old
-- finds: error public.n.i
-- file: 2
set lock_timeout = '2s';
create index concurrently i on n (status);

-- case: the second of two
-- with: old
-- finds: error public.n.j
-- file: 2
create index concurrently i on n (status);
create index concurrently j on n (is_open);

-- case: in the file that makes the table
-- with: old
-- finds: error public.n.i
create index concurrently i on n (status);

-- case: dropped
-- with: old
-- finds: error public.n.i
create index i on n (status);
-- file: 2
select 1;
drop index concurrently i;

-- case: between BEGIN and COMMIT
-- layout: plain
-- with: old
-- finds: error public.n.i
-- file: 2
begin;
create index concurrently i on n (status);
commit;

-- case: alone, where the tool begins a transaction
-- layout: sqlx
-- with: old
-- finds: error public.n.i
-- file: 2
create index concurrently i on n (status);

-- case: with others, where Flyway refuses to mix them
-- layout: flyway
-- with: old
-- finds: error public.n.i
-- file: 2
create index concurrently i on n (status);
select 1;

-- case: vacuum
-- with: old
-- finds: error 1.sql
-- file: 2
select 1;
vacuum n;

-- case: alone in its file
-- with: old
-- file: 2
create index concurrently i on n (status);

-- case: the first of its file
-- with: old
-- file: 2
create index concurrently i on n (status);
select 1;

-- case: after a COMMIT
-- with: old
-- file: 2
begin;
select 1;
commit;
create index concurrently i on n (status);

-- case: where each statement commits by itself
-- layout: plain
-- with: old
-- file: 2
create index concurrently i on n (status);
create index concurrently j on n (is_open);

-- case: several, and nothing else, by Flyway
-- layout: flyway
-- with: old
-- file: 2
create index concurrently i on n (status);
create index concurrently j on n (is_open);

-- case: a materialized view, which may
create materialized view m as select 1 as a;
create unique index on m (a);
-- file: 2
select 1;
refresh materialized view concurrently m;

-- case: analyze, which may
-- with: old
-- file: 2
select 1;
analyze n;
