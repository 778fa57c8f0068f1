-- case: callable
-- finds: error public.f()
create function f() returns int language sql security definer as 'select 1';

-- case: a trigger function
-- finds: warning public.f()
create function f() returns trigger language plpgsql security definer as 'begin return new; end';

-- case: not callable
-- finds: warning public.f()
create function f() returns int language sql security definer as 'select 1';
revoke execute on function f() from public, anon, authenticated;

-- case: invoker
create function f() returns int language sql as 'select 1';

-- case: a body of the SQL standard
create function f() returns int language sql security definer return 1;

-- case: set later
create function f() returns int language sql security definer as 'select 1';
alter function f() set search_path = '';

-- case: lost by CREATE OR REPLACE
-- finds: error public.f()
create function f() returns int language sql security definer set search_path = '' as 'select 1';
create or replace function f() returns int language sql security definer as 'select 2';
