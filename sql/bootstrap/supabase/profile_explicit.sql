-- What the platform takes back where new entities are not exposed by themselves: projects since 2026-05-30, all since
-- 2026-10-30, a local reset since the CLI's 2.106. It is run after profile_legacy.sql and touches what postgres will
-- make in public, nothing that is there already and nothing that supabase_admin makes.
--
-- Left to the three API roles on a new table: TRUNCATE, REFERENCES, TRIGGER, and MAINTAIN on 17 and later; UPDATE on a
-- new sequence. A new function can still be called by everyone, through PUBLIC's built-in EXECUTE.

alter default privileges for role postgres in schema public
    revoke select, insert, update, delete on tables from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    revoke usage, select on sequences from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    revoke execute on functions from anon, authenticated, service_role;
