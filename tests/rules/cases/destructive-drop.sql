-- case: a table
-- with: old
-- finds: warning public.n
-- file: 2
drop table n;

-- case: two tables
-- with: old
-- finds: warning public.m
-- finds: warning public.n
create table m (a int);
-- file: 2
drop table if exists n, m;

-- case: a column
-- with: old
-- finds: warning public.n.status
-- file: 2
alter table n drop column status;

-- case: columns that their type takes with it
-- with: old
-- finds: warning public.n.m
create type mood as enum ('a');
alter table n add column m mood;
-- file: 2
drop type mood cascade;

-- case: dropped and made again by one statement
-- with: old
-- finds: warning public.n.status
-- file: 2
alter table n drop column status, add column status int;

-- case: a table made again in the file, without its rows
-- with: old
-- finds: warning public.n
-- file: 2
drop table n;
create table n (a int);

-- case: a schema with its tables, once
-- finds: warning app
create schema app;
create table app.a (id int);
create table app.b (id int);
-- file: 2
drop schema app cascade;

-- case: in a DO block
-- with: old
-- finds: warning public.n
-- file: 2
do $$ begin drop table if exists n; end $$;

-- case: a partition
-- finds: warning public.p1
create table p (d date) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
-- file: 2
drop table p1;

-- case: a partitioned table with its partitions, once
-- finds: warning public.p
create table p (d date) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
-- file: 2
drop table p;

-- case: a view
-- with: old
-- finds: info public.v
create view v with (security_invoker = on) as select id from n;
-- file: 2
drop view v;

-- case: a column whose values were moved
-- with: old
-- finds: info public.n.status
-- file: 2
alter table n add column state text;
update n set state = status where state is null;
alter table n drop column status;

-- case: a table whose rows were moved
-- with: old
-- finds: info public.n
create table m (id bigint, status text);
-- file: 2
insert into m select id, status from n;
drop table n;

-- case: in the file that makes it
-- with: old
drop table n;

-- case: a table that was not there
-- with: old
-- file: 2
drop table if exists m;
alter table n drop column if exists c;

-- case: a temporary table
-- with: old
-- file: 2
create temp table s as select * from n;
drop table s;

-- case: replaced by a copy of itself
-- with: old
-- file: 2
create table n_new (id bigint primary key, status text);
insert into n_new select id, status from n;
drop table n;
alter table n_new rename to n;

-- case: a view made again in the file
-- with: old
create view v with (security_invoker = on) as select id from n;
-- file: 2
drop view v;
create view v with (security_invoker = on) as select id, status from n;

-- case: renamed
-- with: old
-- file: 2
alter table n rename column status to state;
alter table n rename to m;

-- case: rolled back
-- layout: plain
-- with: old
-- file: 2
begin;
drop table n;
rollback;

-- case: a column of a new table
-- with: old
-- file: 2
create table m (a int, b int);
alter table m drop column b;

-- case: a function or an index
-- with: old
create function f() returns int language sql as 'select 1';
create index i on n (status);
-- file: 2
drop function f();
drop index i;

-- case: a generated column, which holds nothing of its own
-- with: old
alter table n add column g text generated always as (lower(status)) stored;
-- file: 2
alter table n drop column g;
