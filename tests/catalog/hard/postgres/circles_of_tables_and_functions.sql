create table public.counters (id integer, value integer);
create function public.next_value(c public.counters) returns integer language sql as 'select c.value + 1';
create function public.total() returns bigint language sql stable as 'select count(*) from public.counters';
alter table public.counters alter column value set default public.total();
alter table public.counters add constraint grows check (public.next_value(counters) > 0);
create function public.is_mail(value text) returns boolean language sql immutable as $$ select value like '%@%' $$;
create domain public.mail as text check (public.is_mail(value));
create table public.people (id integer primary key, address public.mail, upper_address text
  generated always as (upper(address::text)) stored);
create function public.everyone() returns setof public.people language sql as 'select * from public.people';
create view public.all_people as select * from public.everyone();
create function public.shown(p public.all_people) returns text language sql as 'select p.address::text';
create table public.shown_people (v text default public.shown(null::public.all_people));
