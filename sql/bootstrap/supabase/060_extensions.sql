-- The extensions that a new project has. After each CREATE EXTENSION, here and in migrations,
-- after_extension/<name>.sql is run if there is one: what supautils and the platform's event triggers grant then.
--
-- pg_graphql was among them up to May 2026, pgjwt and pgsodium in older projects; a migration that wants one makes
-- it.

create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists pg_stat_statements with schema extensions;
create extension if not exists supabase_vault with schema vault;
