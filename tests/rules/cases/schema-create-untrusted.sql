-- case: all on public
-- finds: error public
grant all on schema public to anon;

-- case: create, by PUBLIC
-- finds: error public
grant create on schema public to public;

-- case: a schema that a function looks into
-- finds: error app
create schema app;
grant create, usage on schema app to authenticated;
create function public.f() returns int language sql set search_path = app, pg_temp as 'select 1';

-- case: a schema that nothing looks into
-- finds: warning app
create schema app;
grant create on schema app to authenticated;

-- case: usage only
create schema app;
grant usage on schema app to anon, authenticated;

-- case: taken back
grant all on schema public to anon, authenticated;
revoke create on schema public from anon, authenticated;

-- case: to the service role
grant all on schema public to service_role;
