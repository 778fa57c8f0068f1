-- case: a login
-- finds: warning worker
create role worker login bypassrls;

-- case: given later, on a group that a login is in
-- finds: warning jobs
create role jobs nologin;
create role worker login;
grant jobs to worker;
alter role jobs bypassrls;

-- case: a client
-- finds: error authenticated
alter role authenticated bypassrls;

-- case: taken back
create role worker login bypassrls;
alter role worker nobypassrls;

-- case: nobody can be it
create role archive nologin bypassrls;

-- case: it copies the database
create role nightly_backup login bypassrls;

-- case: it owns the tables
create role app login bypassrls;
grant app to postgres;
grant create on schema public to app;
create table t (id int primary key);
alter table t owner to app;

-- case: the service role, on a database of one's own
-- platform: postgres
create role service_role nologin bypassrls;
create role authenticator login noinherit;
grant service_role to authenticator;

-- case: a superuser has no need of it; broken on a server that lends none
-- platform: postgres
create role boss login superuser bypassrls;
