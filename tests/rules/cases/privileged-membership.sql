-- case: in the owner of a table
-- with: t rls
-- finds: error authenticated
create role app nologin;
grant app to postgres, authenticated;
grant create on schema public to app;
alter table t owner to app;

-- case: in the service role
-- finds: error authenticated
grant service_role to authenticated;

-- case: without inheriting, it can still become it
-- finds: error anon
grant service_role to anon with inherit false;

-- case: the login in an owner
-- with: t rls
-- finds: error authenticator
create role app nologin;
grant app to postgres, authenticator;
grant create on schema public to app;
alter table t owner to app;

-- case: all data; broken on a server that lends no superuser
-- platform: postgres
-- finds: error web_anon
create role web_anon nologin;
grant pg_read_all_data to web_anon;

-- case: a login of all data; broken on a server that lends no superuser
-- platform: postgres
-- finds: error api
create role web_anon nologin;
create role api login noinherit;
grant web_anon to api;
grant pg_write_all_data to api;

-- case: in a role that only has grants
-- with: t rls closed
create role reader nologin;
grant select on t to reader;
grant reader to authenticated;

-- case: taken back
grant service_role to authenticated;
revoke service_role from authenticated;

-- case: neither inherited nor to be become
grant service_role to authenticated with inherit false, set false;

-- case: the platform as it is
create table t (id int primary key);

-- case: a login that is nobody's door; broken on a server that lends no superuser
-- platform: postgres
create role reporting login;
grant pg_read_all_data to reporting;
