-- case: in public the platform once did the same
-- platform: supabase-explicit
-- finds: info public
alter default privileges in schema public grant select on tables to anon;

-- case: for all schemas
-- platform: supabase-explicit
-- finds: warning postgres
alter default privileges grant select on tables to authenticated;

-- case: the platform's own, once
-- finds: info public
create table t (id int primary key);

-- case: a schema of one's own that no API serves
-- platform: supabase-explicit
-- finds: info private
create schema private;
alter default privileges in schema private grant all on tables to anon, authenticated;

-- case: functions for everybody, on a database of one's own
-- platform: postgres
-- finds: warning api
create schema api;
alter default privileges in schema api grant select on tables to public;

-- case: a new project as it comes
-- platform: supabase-explicit
create table t (id int primary key);

-- case: taken back
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on functions from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;

-- case: to the service role
-- platform: supabase-explicit
alter default privileges in schema public grant all on tables to service_role;
