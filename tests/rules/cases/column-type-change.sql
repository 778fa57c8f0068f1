-- case: to a larger number
-- finds: warning public.v.i
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v alter column i type bigint;

-- case: to a shorter text
-- finds: warning public.v.s
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v alter column s type varchar(5);

-- case: to other digits after the point
-- finds: warning public.v.num
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v alter column num type numeric(12, 3);

-- case: worked out anew
-- finds: warning public.v.t
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v alter column t type text using trim(t);

-- case: to an enumeration
-- finds: warning public.v.t
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
create type mood as enum ('a', 'b');
-- file: 2
alter table v alter column t type mood using t::mood;

-- case: from one enumeration to another
-- finds: warning public.v.m
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
create type mood as enum ('a', 'b');
alter table v add column m mood;
-- file: 2
create type mood_new as enum ('a');
alter table v alter column m type mood_new using m::text::mood_new;
alter type mood rename to mood_old;
alter type mood_new rename to mood;

-- case: in a DO block
-- finds: warning public.v.i
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
do $$ begin alter table v alter column i type bigint; end $$;

-- case: json to jsonb
-- finds: warning public.v.j
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v alter column j type jsonb using j::jsonb;

-- case: between timestamps, where the session is not known
-- platform: postgres
-- finds: warning public.v.ts
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v alter column ts type timestamptz;

-- case: by way of a time zone
-- finds: warning public.v.tz
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v alter column tz type timestamp using tz at time zone 'UTC';

-- case: to a longer text, to any text
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v alter column s type varchar(20);
alter table v alter column s type varchar;
alter table v alter column s type text;

-- case: to more digits before the point
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v alter column num type numeric(12, 2);
alter table v alter column num type numeric;

-- case: to the same
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v alter column i type int;
alter table v alter column s type text using s::text;

-- case: to a domain without checks
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
create domain d as int;
-- file: 2
alter table v alter column i type d;

-- case: between timestamps in UTC
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v alter column ts type timestamptz;
alter table v alter column tz type timestamp;

-- case: in the file that makes the table
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
alter table v alter column i type bigint;

-- case: renamed
create table v (s varchar(10), num numeric(10, 2), i int, t text, ts timestamp, tz timestamptz, j json);
-- file: 2
alter table v rename column i to t2;
alter table v rename column t to i;

-- case: the type gets another name
create type mood as enum ('a', 'b');
create table v (m mood);
-- file: 2
alter type mood rename to humour;
-- file: 3
do $$ begin alter type humour rename to temper; end $$;
