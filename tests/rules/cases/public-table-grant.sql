-- case: a table
-- with: t rls
-- finds: warning public.t
grant select on t to public;

-- case: some columns
-- with: t rls
-- finds: warning public.t
grant select (id, status), update (status) on t to public;

-- case: a view
-- with: t rls
-- finds: warning public.v
create view v with (security_invoker = on) as select id from t;
grant select on v to public;

-- case: on all tables
-- with: t
-- finds: warning public.t
grant select on all tables in schema public to public;

-- case: where no client can go
-- finds: info private.t
create schema private;
create table private.t (id int primary key);
grant select on private.t to public;

-- case: taken back
-- with: t rls
grant select on t to public;
revoke all on t from public;

-- case: to the roles by name
-- with: t rls
grant select on t to anon, authenticated;

-- case: by default privileges
alter default privileges in schema public grant select on tables to public;
create table t (id int primary key);

-- case: everybody may call a function anyway
create function f() returns int language sql as 'select 1';
grant execute on function f() to public;
