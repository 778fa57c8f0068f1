create collation public.numeric_c (provider = builtin, locale = 'C');
create type public.pair as (a integer, b integer);
create function public.pair_lt(public.pair, public.pair) returns boolean language sql immutable as 'select $1.a < $2.a';
create function public.pair_not(public.pair) returns boolean language sql immutable as 'select not $1.a > 0';
create operator public.<<< (function = public.pair_lt, leftarg = public.pair, rightarg = public.pair);
create operator public.!!! (function = public.pair_not, rightarg = public.pair);
create function public.pair_text(public.pair) returns text language sql immutable as 'select $1.a::text';
create function public.pair_text(public.pair, integer) returns text language sql immutable as 'select $1.a::text';
create cast (public.pair as text) with function public.pair_text(public.pair) as assignment;
create cast (text as public.pair) with inout;
create text search dictionary public.short (template = pg_catalog.simple, stopwords = 'english');
alter text search dictionary public.short (accept = false);
create text search configuration public.mine (copy = pg_catalog.simple);
alter text search configuration public.mine alter mapping for asciiword, word with public.short;
create operator family public.family using btree;
create table public.t (id integer, p public.pair, name text collate public.numeric_c,
  found tsvector generated always as (to_tsvector('public.mine', coalesce(name, ''))) stored,
  check (p operator(public.<<<) row(10, 1)::public.pair));
create index on public.t (name collate public.numeric_c);
comment on collation public.numeric_c is 'c';
comment on operator public.<<< (public.pair, public.pair) is 'less';
comment on cast (public.pair as text) is 'cast';
comment on text search configuration public.mine is 'mine';
