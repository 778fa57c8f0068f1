-- case: functions, from PUBLIC
-- finds: warning public
alter default privileges in schema public revoke execute on functions from public;

-- case: functions, from anon, who is part of PUBLIC
-- finds: warning public
alter default privileges in schema public revoke all on functions from anon, authenticated;

-- case: for a role by name, in two schemas
-- finds: warning public
-- finds: warning app
create schema app;
alter default privileges for role postgres in schema public, app revoke execute on functions from public;

-- case: types
-- finds: warning public
alter default privileges in schema public revoke usage on types from public;

-- case: a default for all schemas
-- finds: warning public
alter default privileges grant select on tables to anon;
alter default privileges in schema public revoke select on tables from anon;

-- case: said twice
-- finds: warning public
alter default privileges in schema public revoke execute on functions from public;
alter default privileges in schema public revoke execute on functions from public;

-- case: everywhere
alter default privileges revoke execute on functions from public;

-- case: everywhere, and then in the schema
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke execute on functions from public, anon;

-- case: everywhere, later
alter default privileges in schema public revoke execute on functions from public;
-- file: later
alter default privileges revoke execute on functions from public;

-- case: tables, which PUBLIC gets nothing on
alter default privileges in schema public revoke all on tables from anon, authenticated, public;

-- case: sequences
alter default privileges in schema public revoke all on sequences from anon;

-- case: a grant
alter default privileges in schema public grant execute on functions to authenticated;
