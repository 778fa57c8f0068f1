-- case: a default: broken
-- finds: error public.mood
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
alter type mood add value 'c';
alter table v alter column m set default 'c';

-- case: inserted: broken
-- finds: error public.mood
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
alter type mood add value 'c';
insert into v (m) values ('c');

-- case: cast: broken
-- finds: error public.mood
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
alter type mood add value if not exists 'c' before 'b';
select 'c'::mood;

-- case: in a policy: broken
-- finds: error public.mood
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
alter type mood add value 'c';
create policy p on v for select using (m = 'c');

-- case: in a view of the table: broken
-- finds: error public.mood
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
alter type mood add value 'c';
create view w with (security_invoker = on) as select t from v where m = 'c';

-- case: between BEGIN and COMMIT: broken
-- layout: plain
-- finds: error public.mood
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
begin;
alter type mood add value 'c';
insert into v (m) values ('c');
commit;

-- case: in a later file
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
alter type mood add value 'c';
-- file: 3
insert into v (m) values ('c');

-- case: where each statement commits by itself
-- layout: plain
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
alter type mood add value 'c';
-- file: 3
insert into v (m) values ('c');

-- case: of a type made in the same transaction
create type mood as enum ('a', 'b');
create table v (m mood, t text);
alter type mood add value 'c';
insert into v (m) values ('c');

-- case: the same word as a text
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
alter type mood add value 'c';
select 'c';
comment on table v is 'c';

-- case: in a body, which is not run
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
alter type mood add value 'c';
create function f() returns void language plpgsql as 'begin insert into v (m) values (''c''); end';

-- case: a value that was there
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
alter type mood add value 'c';
insert into v (m) values ('a');

-- case: renamed
create type mood as enum ('a', 'b');
create table v (m mood, t text);
-- file: 2
alter type mood rename value 'b' to 'c';
insert into v (m) values ('c');

-- case: another type of the same value
create type mood as enum ('a', 'b');
create table v (m mood, t text);
create type tone as enum ('c');
create table o (x tone);
-- file: 2
alter type mood add value 'c';
insert into o values ('c');
