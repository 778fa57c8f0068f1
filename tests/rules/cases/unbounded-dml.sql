-- case: update
-- with: old
-- finds: warning public.n
-- file: 2
update n set status = 'a';

-- case: delete
-- with: old
-- finds: warning public.n
-- file: 2
delete from n;

-- case: truncate
-- with: old
-- finds: warning public.m
-- finds: warning public.n
create table m (a int);
-- file: 2
truncate n, m;

-- case: a condition that is always true
-- with: old
-- finds: warning public.n
-- file: 2
update n set status = 'a' where true;

-- case: 1 = 1
-- with: old
-- finds: warning public.n
-- file: 2
delete from n where 1 = 1;

-- case: a required column that is not null
-- with: old
-- finds: warning public.n
-- file: 2
delete from n where id is not null;

-- case: in a WITH query
-- with: old
-- finds: warning public.n
-- file: 2
with gone as (delete from n returning id) select count(*) from gone;

-- case: twice in a file, once
-- with: old
-- finds: warning public.n
-- file: 2
update n set status = 'a';
update n set is_open = true;

-- case: a new column filled
-- with: old
-- finds: warning public.n
-- file: 2
alter table n add column c text;
update n set c = status;

-- case: in two files
-- with: old
-- finds: warning public.n
-- finds: warning public.n
-- file: 2
update n set status = 'a';
-- file: 3
update n set status = 'b';

-- case: with a condition
-- with: old
-- file: 2
update n set status = 'a' where status is null;
delete from n where id < 10;

-- case: joined to another table
-- with: old
create table m (id bigint, status text);
-- file: 2
update n set status = m.status from m where m.id = n.id;
delete from n using m where m.id = n.id;

-- case: a column that may be null
-- with: old
-- file: 2
update n set status = 'a' where status is not null;

-- case: in the file that makes the table
-- with: old
update n set status = 'a';

-- case: a temporary table
-- with: old
-- file: 2
create temp table s (a int);
delete from s;

-- case: a table of the platform
update storage.buckets set public = false;

-- case: insert
-- with: old
-- file: 2
insert into n (id) values (1) on conflict (id) do update set status = 'a';

-- case: what a function would do
-- with: old
-- file: 2
create function f() returns void language sql as 'delete from n';
