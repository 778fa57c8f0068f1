-- case: a definer function
-- finds: error public.f()
create function f() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function f() from anon;

-- case: all privileges, from both
-- finds: error public.f()
create function f() returns int language sql security definer set search_path = '' as 'select 1';
revoke all on function f() from anon, authenticated;

-- case: a function that runs as its caller
-- finds: warning public.f()
create function f() returns int language sql as 'select 1';
revoke execute on function f() from anon;

-- case: all functions of the schema
-- finds: error public
create function f() returns int language sql security definer set search_path = '' as 'select 1';
create function g() returns int language sql as 'select 1';
revoke execute on all functions in schema public from anon;

-- case: a table that PUBLIC may read
-- with: t rls
-- finds: warning public.t
grant select on t to public;
revoke select on t from anon;

-- case: through another role
-- with: t rls
-- finds: warning public.t
create role readers nologin;
grant select on t to readers;
grant readers to authenticated;
revoke select on t from authenticated;

-- case: not in the API
-- finds: warning private.f()
create schema private;
create function private.f() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function private.f() from anon;

-- case: replaced since
-- finds: error public.f()
create function f() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function f() from anon;
create or replace function f() returns int language sql security definer set search_path = '' as 'select 2';

-- case: from PUBLIC as well
create function f() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function f() from public, anon;

-- case: from PUBLIC later
create function f() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function f() from anon;
-- file: later
revoke execute on function f() from public;

-- case: PUBLIC lost it by default
alter default privileges revoke execute on functions from public;
create function f() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function f() from anon;

-- case: granted again by name
create function f() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function f() from anon;
grant execute on function f() to anon;

-- case: granted to PUBLIC later, on purpose
-- with: t rls closed
revoke select on t from anon;
grant select on t to public;

-- case: nobody can call a trigger function
create function f() returns trigger language plpgsql security definer set search_path = '' as 'begin return new; end';
revoke execute on function f() from anon, authenticated;

-- case: the function is gone
create function f() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function f() from anon;
drop function f();

-- case: dropped and made again is another function
create function f() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function f() from anon;
drop function f();
create function f() returns int language sql security definer set search_path = '' as 'select 1';

-- case: a table
-- with: t rls
revoke all on t from anon;
