-- case: in a later file
-- with: old
-- finds: warning public.n.i
create index i on n (status);
-- file: 2
drop index i;

-- case: with a schema, and if it exists
-- with: old
-- finds: warning public.n.i
create index i on n (status);
-- file: 2
drop index if exists public.i;

-- case: in a DO block
-- with: old
-- finds: warning public.n.i
create index i on n (status);
-- file: 2
do $$ begin drop index if exists i; end $$;

-- case: rebuilding a table
-- with: old
-- finds: warning public.n
-- file: 2
reindex table n;

-- case: rebuilding one index
-- with: old
-- finds: warning public.n
create index i on n (status);
-- file: 2
reindex index i;

-- case: concurrently
-- with: old
create index i on n (status);
-- file: 2
drop index concurrently i;

-- case: rebuilding concurrently
-- with: old
create index i on n (status);
-- file: 2
reindex index concurrently i;

-- case: one that is not there
-- with: old
-- file: 2
drop index if exists i;

-- case: one made in the same file
-- with: old
-- file: 2
create index i on n (status);
drop index i;

-- case: of a table made in the same file
-- with: old
create index i on n (status);
drop index i;

-- case: of a partitioned table, which cannot do it concurrently
create table p (d date) partition by range (d);
create index i on p (d);
-- file: 2
drop index i;

-- case: with its column or its table
-- with: old
create index i on n (status);
create table m (a int);
create index j on m (a);
-- file: 2
alter table n drop column status;
drop table m;

-- case: with its constraint
-- with: old
alter table n add constraint u unique (status);
-- file: 2
alter table n drop constraint u;
