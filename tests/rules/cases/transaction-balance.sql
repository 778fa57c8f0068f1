-- case: begun twice
-- layout: plain
-- with: old
-- finds: error 1.sql
-- file: 2
begin;
select 1;
begin;
select 2;
commit;

-- case: never ended
-- layout: plain
-- with: old
-- finds: error 1.sql
-- file: 2
begin;
create table m (a int);

-- case: never ended, by the Supabase CLI
-- with: old
-- finds: error 1.sql
-- file: 2
begin;
create table m (a int);

-- case: ended and never begun
-- layout: plain
-- with: old
-- finds: warning 1.sql
-- file: 2
create table m (a int);
commit;

-- case: ends the transaction of the tool
-- layout: flyway
-- with: old
-- finds: warning 1.sql
-- file: 2
create table m (a int);
commit;
create table o (a int);

-- case: takes back what the tool did
-- layout: flyway
-- with: old
-- finds: error 1.sql
-- file: 2
create table m (a int);
rollback;

-- case: takes back all
-- layout: plain
-- with: old
-- finds: warning 1.sql
-- file: 2
begin;
create table m (a int);
rollback;

-- case: balanced
-- layout: plain
-- with: old
-- file: 2
begin;
select 1;
commit;
begin;
select 2;
end;

-- case: balanced, by the Supabase CLI
-- with: old
-- file: 2
begin;
select 1;
commit;

-- case: savepoints
-- layout: plain
-- with: old
-- file: 2
begin;
savepoint s;
select 1;
rollback to s;
release s;
commit;

-- case: chained
-- layout: plain
-- with: old
-- file: 2
begin;
select 1;
commit and chain;
select 2;
commit;

-- case: no transaction at all
-- with: old
-- file: 2
select 1;

-- case: BEGIN and END of a body
-- with: old
-- file: 2
do $$ begin perform 1; end $$;
create function f() returns void language plpgsql as 'begin perform 1; end';

-- case: ends the tool's on purpose, for what must be outside
-- layout: sql-migrate
-- with: old
-- file: 2
select 1;
commit;
create index concurrently i on n (status);

-- case: ends the tool's on purpose, to begin another
-- layout: sql-migrate
-- with: old
-- file: 2
select 1;
commit;
begin;
select 2;
commit;

-- case: the last thing of a file
-- layout: flyway
-- with: old
-- file: 2
select 1;
commit;
