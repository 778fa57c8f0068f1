-- case: a column
-- with: old
-- finds: info 1.sql
-- file: 2
alter table n add column c int;

-- case: several, once
-- with: old
-- finds: info 1.sql
-- file: 2
alter table n add column c int;
alter table n enable row level security;
create index on n (c);

-- case: a policy
-- with: old
-- finds: info 1.sql
-- file: 2
create policy p on n for select using (is_open);

-- case: a new table that refers to an old one
-- with: old
-- finds: info 1.sql
-- file: 2
create table m (n_id bigint references n);

-- case: in each file
-- with: old
-- finds: info 1.sql
-- finds: info 2.sql
-- file: 2
alter table n add column c int;
-- file: 3
alter table n add column d int;

-- case: a time-out of something else
-- with: old
-- finds: info 1.sql
-- file: 2
set statement_timeout = '2s';
alter table n add column c int;

-- case: set
-- with: old
-- file: 2
set lock_timeout = '2s';
alter table n add column c int;

-- case: set for the transaction
-- layout: plain
-- with: old
-- file: 2
begin;
set local lock_timeout = '2s';
alter table n add column c int;
commit;

-- case: set by a function
-- with: old
-- file: 2
select set_config('lock_timeout', '2s', false);
alter table n add column c int;

-- case: a new table
-- with: old
alter table n add column c int;

-- case: locks that stop nobody
-- with: old
-- file: 2
comment on table n is 'x';
grant select on n to authenticated;
create view v with (security_invoker = on) as select id from n;
alter table n alter column status set statistics 100;

-- case: an index, concurrently
-- with: old
-- file: 2
create index concurrently on n (status);

-- case: rows
-- with: old
-- file: 2
update n set status = 'a' where id = 1;
insert into n (id) values (2);

-- case: a policy on a table of the platform
create policy p on storage.objects for select using (bucket_id = 'x');

-- case: set for the role that migrates
-- with: old
alter role postgres set lock_timeout = '2s';
-- file: 2
alter table n add column c int;
