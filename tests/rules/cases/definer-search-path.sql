-- case: callable
-- with: t
-- finds: error public.f()
create function f() returns bigint language sql security definer as 'select count(*) from t';

-- case: callable, and all tables have their schema
-- with: t
-- finds: warning public.f()
create function f() returns bigint language sql security definer as 'select count(*) from public.t';

-- case: not even a function is left to it
-- finds: info public.f()
create function f() returns int language sql security definer as 'select 1';

-- case: no telling what SQL made at run time names
-- finds: error public.f(text)
create function f(q text) returns void language plpgsql security definer as 'begin execute q; end';

-- case: a trigger function that makes rows
-- with: t
-- finds: warning public.f()
create function f() returns trigger language plpgsql security definer as $$ begin
  insert into t (id) values (new.id); return new; end $$;

-- case: a trigger function
-- finds: info public.f()
create function f() returns trigger language plpgsql security definer as 'begin return new; end';

-- case: not callable
-- with: t
-- finds: warning public.f()
create function f() returns bigint language sql security definer as 'select count(*) from t';
revoke execute on function f() from public, anon, authenticated;

-- case: invoker
create function f() returns int language sql as 'select 1';

-- case: a body of the SQL standard
create function f() returns int language sql security definer return 1;

-- case: set later
create function f() returns int language sql security definer as 'select 1';
alter function f() set search_path = '';

-- case: lost by CREATE OR REPLACE
-- with: t
-- finds: error public.f()
create function f() returns bigint language sql security definer set search_path = '' as 'select 1::bigint';
create or replace function f() returns bigint language sql security definer as 'select count(*) from t';
