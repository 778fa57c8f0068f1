-- case: a table with policies
-- with: t rls
-- finds: error public.t
create policy p on t to authenticated using (user_id = (select auth.uid()));
grant create on schema public to authenticated;
alter table t owner to authenticated;

-- case: a schema
-- finds: error api
create schema api authorization anon;

-- case: a function
-- finds: warning public.f(integer)
create function f(integer) returns int language sql as 'select 1';
grant create on schema public to authenticated;
alter function f(integer) owner to authenticated;

-- case: not in the API
-- finds: warning private.t
create schema private;
create table private.t (id int primary key);
grant create on schema private to authenticated;
alter table private.t owner to authenticated;

-- case: a view of what no policy protects
-- finds: warning public.v
create table plain (id int primary key);
create view v as select id from plain;
grant create on schema public to authenticated;
alter view v owner to authenticated;

-- case: a view that its owner puts under the policies
-- with: t rls
-- finds: info public.v
create view v as select id from t;
grant create on schema public to authenticated;
alter view v owner to authenticated;

-- case: the project's own role
-- with: t rls
create role app nologin;
grant app to postgres;
grant create on schema public to app;
alter table t owner to app;

-- case: given back
-- with: t rls
grant create on schema public to authenticated;
alter table t owner to authenticated;
alter table t owner to postgres;

-- case: all privileges make no owner
-- with: t rls
grant all on t to authenticated;

-- case: a role that may become the owner
-- with: t rls
create role app nologin;
grant app to authenticated, postgres;
grant create on schema public to app;
alter table t owner to app;
