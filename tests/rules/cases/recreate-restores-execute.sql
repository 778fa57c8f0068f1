-- case: dropped and made again
-- finds: error public.f()
create function f() returns void language sql security definer set search_path = '' as '';
revoke execute on function f() from public, anon, authenticated;
-- file: 2.sql
drop function f();
create function f() returns void language sql security definer set search_path = '' as '';

-- case: in a later file
-- finds: error public.f()
create function f() returns void language sql security definer set search_path = '' as '';
revoke execute on function f() from public, anon, authenticated;
-- file: 2.sql
drop function f();
-- file: 3.sql
create function f() returns void language sql security definer set search_path = '' as '';

-- case: an argument more
-- finds: error public.f(integer)
create function f() returns void language sql security definer set search_path = '' as '';
revoke execute on function f() from public, anon, authenticated;
-- file: 2.sql
create function f(a integer) returns void language sql security definer set search_path = '' as '';

-- case: with its caller's rights
-- finds: warning public.f()
create function f() returns void language sql as '';
revoke execute on function f() from public, anon, authenticated;
-- file: 2.sql
drop function f();
create function f() returns void language sql as '';

-- case: another rule says what comes of it
-- with: t rls
-- finds: info public.f()
create function f() returns bigint language sql security definer set search_path = '' as 'select count(*) from public.t';
revoke execute on function f() from public, anon, authenticated;
-- file: 2.sql
drop function f();
create function f() returns setof public.t language sql security definer set search_path = '' as 'select * from public.t';

-- case: replaced, which keeps who may call
create function f() returns void language sql security definer set search_path = '' as '';
revoke execute on function f() from public, anon, authenticated;
-- file: 2.sql
create or replace function f() returns void language sql security definer set search_path = '' as '';

-- case: revoked again
create function f() returns void language sql security definer set search_path = '' as '';
revoke execute on function f() from public, anon, authenticated;
-- file: 2.sql
drop function f();
create function f() returns void language sql security definer set search_path = '' as '';
revoke execute on function f() from public, anon, authenticated;

-- case: revoked in a later file
create function f() returns void language sql security definer set search_path = '' as '';
revoke execute on function f() from public, anon, authenticated;
-- file: 2.sql
drop function f();
create function f() returns void language sql security definer set search_path = '' as '';
-- file: 3.sql
revoke execute on all functions in schema public from public, anon, authenticated;

-- case: new functions are nobody's by default
create function f() returns void language sql security definer set search_path = '' as '';
revoke execute on function f() from public, anon, authenticated;
alter default privileges for role postgres revoke execute on functions from public;
alter default privileges for role postgres in schema public revoke execute on functions from anon, authenticated;
-- file: 2.sql
drop function f();
create function f() returns void language sql security definer set search_path = '' as '';

-- case: granted by name
create function f() returns void language sql security definer set search_path = '' as '';
revoke execute on function f() from public, anon, authenticated;
-- file: 2.sql
drop function f();
create function f() returns void language sql security definer set search_path = '' as '';
revoke execute on function f() from public, anon;
grant execute on function f() to authenticated;

-- case: some could call it before
create function f() returns void language sql security definer set search_path = '' as '';
-- file: 2.sql
drop function f();
create function f() returns void language sql security definer set search_path = '' as '';

-- case: an overload that all could call
create function f() returns void language sql security definer set search_path = '' as '';
create function f(a text) returns void language sql security definer set search_path = '' as '';
revoke execute on function f() from public, anon, authenticated;
-- file: 2.sql
create function f(a integer) returns void language sql security definer set search_path = '' as '';

-- case: nobody calls a trigger function
create function f() returns trigger language plpgsql as 'begin return new; end';
revoke execute on function f() from public, anon, authenticated;
-- file: 2.sql
drop function f();
create function f() returns trigger language plpgsql as 'begin return null; end';

-- case: in a schema that clients do not use
create schema private;
create function private.f() returns void language sql security definer set search_path = '' as '';
revoke execute on function private.f() from public;
-- file: 2.sql
drop function private.f();
create function private.f() returns void language sql security definer set search_path = '' as '';
