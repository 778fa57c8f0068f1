create type public.mood as enum ('sad', 'it''s fine', 'Happy');
create type public.point3 as (x double precision, y double precision, z double precision);
create type public.line3 as (from_ public.point3, to_ public.point3[], name varchar(20) collate "C");
create function public.apart(a double precision, b double precision) returns double precision
  language sql immutable as 'select a - b';
create type public.span as range (subtype = double precision, subtype_diff = public.apart,
  multirange_type_name = public.spans);
create domain public.cents as integer default 0 not null constraint positive check (value >= 0);
create domain public.price as public.cents constraint not_much check (value < 100000);
alter domain public.cents add constraint odd check (value <> 13) not valid;
create table public.things (m public.mood default 'sad', ms public.mood[], l public.line3, s public.span,
  ss public.spans, p public.price);
