create type public.shape as (id integer, label text);
create table public.typed of public.shape (id with options primary key, label default 'x' not null);
create unlogged table public.fleeting (id integer) with (fillfactor = 60, toast.autovacuum_enabled = false);
create table public.tuned (a text compression pglz, b text, c integer, d text collate "C" not null,
  e integer generated always as (c * 2) stored, f integer generated always as (c + 1) virtual);
alter table public.tuned alter column b set storage external;
alter table public.tuned alter column c set statistics 500;
alter table public.tuned alter column c set (n_distinct = -0.5);
create table public.nothing ();
create table public.replicated (id integer primary key, code text not null);
create unique index by_code on public.replicated (code);
alter table public.replicated replica identity using index by_code;
create table public.replicated_whole (id integer);
alter table public.replicated_whole replica identity full;
create table public.defaults (a text default 'x' || 'y', b boolean default ((1 = 1) and true), c text default current_user,
  d integer default 1 + 2, e text[] default array['a', 'b'], f interval default '1 day', g numeric default -1.5,
  h timestamptz default (now() at time zone 'utc') + interval '1 hour', i jsonb default '{"a": [1]}', j text default null);
create table public.copied (like public.tuned including all);
