-- case: a log
-- finds: info public.t
create table t (what text, at timestamptz);

-- case: unique is no key
-- finds: info public.t
create table t (id int not null unique);

-- case: a partitioned table, once
-- finds: info public.t
create table t (id int) partition by range (id);
create table t1 partition of t for values from (0) to (9);

-- case: published, so that updates fail
-- finds: warning public.t
create table t (id int);
alter publication supabase_realtime add table t;

-- case: published with all of a schema
-- finds: warning public.t
create table t (id int);
create publication p for tables in schema public;

-- case: published with another identity
-- finds: info public.t
create table t (id int);
alter table t replica identity full;
alter publication supabase_realtime add table t;

-- case: only its inserts are published
-- finds: info public.t
create table t (id int);
create publication p for table t with (publish = 'insert');

-- case: a key that came later
create table t (id int);
alter table t add primary key (id);

-- case: a key of two columns
create table t (a int, b int, primary key (a, b));

-- case: a foreign table cannot have one
create extension postgres_fdw;
create server s foreign data wrapper postgres_fdw;
create foreign table t (id int) server s;

-- case: nor does a temporary table need one
create temporary table t (id int);
