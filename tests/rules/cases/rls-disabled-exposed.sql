-- case: one column is enough
-- with: n closed
-- finds: error public.t
grant select (id) on t to anon;

-- case: no grant, no reach
-- with: n closed

-- case: TRUNCATE alone reads no row
-- platform: supabase-explicit
-- with: n

-- case: a schema that is not exposed
create schema s;
grant usage on schema s to anon;
create table s.t (id int);
grant select on s.t to anon;

-- case: a grant to PUBLIC reaches everyone
-- with: n closed
-- finds: error public.t
grant select on t to public;

-- case: a partitioned table speaks for its partitions
-- finds: error public.t
create table t (id int) partition by range (id);
create table t1 partition of t for values from (1) to (2);

-- case: a partition whose parent is out of reach speaks for itself
-- finds: error public.t1
create table t (id int) partition by range (id);
create table t1 partition of t for values from (1) to (2);
revoke all on t from anon, authenticated;

-- case: the state at the end counts
-- with: n rls
-- finds: error public.t
alter table t disable row level security;

-- case: a table that is dropped again
-- with: n
drop table t;

-- case: IF EXISTS before the table is there does nothing
-- finds: error public.t
alter table if exists t enable row level security;
create table t (id bigint primary key, status text, is_open boolean not null default false);

-- case: no client of a plain database
-- platform: postgres
-- with: n
create role app;
grant all on t to app;

-- case: a table copied from one with RLS has none
-- with: n rls
-- finds: error public.t2
-- finds: error public.t3
create table t2 (like t including all);
create table t3 as select * from t;

-- case: with policies it is another rule's
-- with: t
create policy p on t using (true);
