-- case: a random default
-- with: old
-- finds: warning public.n.c
-- file: 2
alter table n add column c uuid not null default gen_random_uuid();

-- case: a clock
-- with: old
-- finds: warning public.n.c
-- file: 2
alter table n add column c timestamptz default clock_timestamp();

-- case: a random function inside an expression
-- with: old
-- finds: warning public.n.c
-- file: 2
alter table n add column c text default upper(md5(random()::text));

-- case: serial
-- with: old
-- finds: warning public.n.c
-- file: 2
alter table n add column c bigserial;

-- case: identity
-- with: old
-- finds: warning public.n.c
-- file: 2
alter table n add column c bigint generated always as identity;

-- case: generated and stored
-- with: old
-- finds: warning public.n.c
-- file: 2
alter table n add column c text generated always as (lower(status)) stored;

-- case: a domain that checks
-- with: old
-- finds: warning public.n.c
create domain d as int check (value > 0);
-- file: 2
alter table n add column c d;

-- case: a volatile function of one's own
-- with: old
-- finds: warning public.n.c
create function code() returns text language plpgsql as 'begin return md5(random()::text); end';
-- file: 2
alter table n add column c text default code();

-- case: an extension's random default
-- with: old
-- finds: warning public.n.c
create extension if not exists "uuid-ossp" with schema extensions;
-- file: 2
alter table n add column c uuid default extensions.uuid_generate_v4();

-- case: now, which is the same for all rows
-- with: old
-- file: 2
alter table n add column c timestamptz not null default now(), add column d timestamptz default (now() + interval '7 days'), add column e date default current_date;

-- case: a constant
-- with: old
-- file: 2
alter table n add column c jsonb not null default '{}', add column d text[] default array['a'], add column e text default ('x' || 'y');

-- case: a default that is set afterwards
-- with: old
-- file: 2
alter table n add column c uuid;
alter table n alter column c set default gen_random_uuid();

-- case: a default that is set afterwards in a DO block
-- with: old
-- file: 2
do $$ begin alter table n add column c uuid; alter table n alter column c set default gen_random_uuid(); end $$;

-- case: a stable function of one's own
-- with: old
create function place() returns text language plpgsql stable as 'begin return current_user; end';
-- file: 2
alter table n add column c text default place();

-- case: a function in SQL that is put in place of its call
-- with: old
create function one() returns int language sql as 'select 1';
-- file: 2
alter table n add column c int default one();

-- case: a domain without checks
-- with: old
create domain d as int default 3;
-- file: 2
alter table n add column c d;

-- case: there already
-- with: old
alter table n add column c uuid default gen_random_uuid();
-- file: 2
alter table n add column if not exists c uuid default gen_random_uuid();

-- case: in the file that makes the table
-- with: old
alter table n add column c uuid default gen_random_uuid();
