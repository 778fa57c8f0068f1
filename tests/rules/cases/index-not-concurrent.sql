-- case: in a later file
-- with: old
-- finds: warning public.n.i
-- file: 2
create index i on n (status);

-- case: unique, partial, of an expression, named by the server
-- with: old
-- finds: warning public.n.n_lower_idx
-- file: 2
create unique index on n (lower(status)) where is_open;

-- case: in a DO block
-- with: old
-- finds: warning public.n.i
-- file: 2
do $$ begin if not exists (select 1 from pg_indexes where indexname = 'i') then create index i on n (status); end if; end $$;

-- case: two on one table
-- with: old
-- finds: warning public.n.i
-- finds: warning public.n.j
-- file: 2
create index i on n (status);
create index j on n (is_open);

-- case: dropped and made again counts once, where it was made last
-- with: old
-- finds: warning public.n.i
-- file: 2
create index i on n (status);
-- file: 3
drop index i;
-- file: 4
create index i on n (is_open);

-- case: on a partitioned table with partitions, once
-- finds: warning public.p.i
create table p (d date) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
-- file: 2
create index i on p (d);

-- case: on a table that no migration made: broken
-- finds: warning public.unknown.i
create index i on unknown (a);

-- case: in the file that makes the table
-- with: old
create index i on n (status);

-- case: in the file that makes the table, renamed since
-- with: old
-- file: 2
create table m (a int);
alter table m rename to o;
create index i on o (a);

-- case: in the file that drops the table and makes it again
-- with: old
-- file: 2
drop table n;
create table n (a int);
create index i on n (a);

-- case: concurrently
-- with: old
-- file: 2
create index concurrently i on n (status);

-- case: there already
-- with: old
create index i on n (status);
-- file: 2
create index if not exists i on n (status);

-- case: on a partitioned table without partitions
create table p (d date) partition by range (d);
-- file: 2
create index i on p (d);

-- case: on only a partitioned table
create table p (d date) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
-- file: 2
create index i on only p (d);

-- case: on a materialized view, which nobody writes to
create materialized view m as select 1 as a;
-- file: 2
create index i on m (a);

-- case: on a temporary table
-- with: old
-- file: 2
create temp table s (a int);
create index i on s (a);

-- case: renamed
-- with: old
create index i on n (status);
-- file: 2
alter index i rename to j;

-- case: rolled back
-- layout: plain
-- with: old
-- file: 2
begin;
create index i on n (status);
rollback;

-- case: of a constraint, which another rule is about
-- with: old
-- file: 2
alter table n add unique (status);
