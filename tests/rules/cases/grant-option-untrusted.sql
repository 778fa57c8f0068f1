-- case: a table
-- with: t rls
-- finds: error public.t
grant select, update (status) on t to authenticated with grant option;

-- case: a function, a sequence and a schema
-- finds: error public.f()
-- finds: error public.s
-- finds: error app
create function f() returns int language sql as 'select 1';
grant execute on function f() to anon with grant option;
create sequence s;
grant usage on sequence s to authenticated with grant option;
create schema app;
grant usage on schema app to authenticated with grant option;

-- case: a membership
-- finds: error authenticated
create role readers nologin;
grant readers to authenticated with admin option;

-- case: only the option was taken back
-- with: t rls
grant select on t to authenticated with grant option;
revoke grant option for select on t from authenticated;

-- case: to the service role
-- with: t rls
grant all on t to service_role with grant option;

-- case: plain grants
-- with: t rls
grant all on t to authenticated;
grant usage on schema public to anon;

-- case: the owner's own
-- with: t rls
grant create on schema public to authenticated;
alter table t owner to authenticated;
