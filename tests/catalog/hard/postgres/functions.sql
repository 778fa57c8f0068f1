create function public.f(integer, b text default 'it''s', variadic rest text[] default '{}') returns text
  language sql immutable strict leakproof parallel safe cost 5.5 as $$ select $1 || b $$;
create function public.out(in a integer, out b integer, inout c text) language plpgsql security definer
  set search_path = pg_catalog, "Odd Schema", public set statement_timeout = '5s' set "app.user" = 'it''s me'
  as $body$ begin b := 1; c := '$$' || c; end $body$;
create function public.rows_of(n integer) returns table (id integer, "Name" text) language sql rows 50 support
  pg_catalog.generate_series_int4_support as $$ select 1, 'a$' $$;
create function public.rows_of(n text) returns setof integer language sql set search_path = '' as 'select 1 -- $';
create function public.ends(v text) returns text language plpgsql as 'begin return v; end -- costs 5$';
create function public.standard(a integer, b integer default 3) returns integer language sql
  begin atomic; select a + b; select a * b; end;
create function public.short(a integer) returns integer language sql return a * 2;
create procedure public.work(inout n integer, m integer default 2) language plpgsql as 'begin n := m; end';
create function public.add_up(state bigint, v integer) returns bigint language sql as 'select state + v';
create function public.finish(state bigint) returns text language sql as 'select state::text';
create aggregate public.summed(integer) (sfunc = public.add_up, stype = bigint, finalfunc = public.finish,
  initcond = '0', parallel = safe);
create aggregate public.anything(*) (sfunc = int8inc, stype = bigint, initcond = '0');
create function public."Quoted Name"("Arg One" "char", "select" timestamp(3) with time zone) returns void
  language sql as '';
