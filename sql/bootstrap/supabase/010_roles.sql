-- The roles of a Supabase project, their attributes, settings and memberships. Roles belong to the cluster, so a
-- server runs this file once, before it makes the first database; the database is then made with `owner postgres`.
-- The superuser supabase_admin is there from initdb on.
--
-- Often told otherwise:
--   * postgres is no member of supabase_auth_admin and supabase_storage_admin since April 2025. It makes triggers and
--     policies on their tables because supautils lets it, not by ownership.
--   * On 16 and later postgres holds anon, authenticated, service_role and authenticator with the admin option.
--   * search_path of postgres and supabase_admin holds "\$user", with a backslash, hence no schema of the user's
--     name.
--   * authenticator also has lock_timeout; supabase_etl_admin logs in, replicates and bypasses RLS.
-- Left out: passwords; session_preload_libraries of authenticator (no session starts where the library is missing);
-- log_statement of the service roles; pg_create_subscription for postgres, which 15 does not have.
-- supabase_auth_admin lost CREATEROLE in August 2026; the many older projects have it.

create role postgres with nosuperuser createdb createrole login replication bypassrls;

create role anon with nologin;
create role authenticated with nologin;
create role service_role with nologin bypassrls;
create role authenticator with login noinherit;

create role supabase_auth_admin with login noinherit createrole;
create role supabase_storage_admin with login noinherit createrole;
create role supabase_functions_admin with login noinherit createrole;
create role supabase_realtime_admin with nologin noinherit;
create role supabase_replication_admin with login replication;
create role supabase_read_only_user with login bypassrls;
create role supabase_etl_admin with login replication bypassrls;
create role supabase_privileged_role with nologin;
create role dashboard_user with nologin createdb createrole replication;
create role pgbouncer with login;

-- Made by the CLI for the length of a command; dumps of a cluster mention it.
create role cli_login_postgres with login noinherit;

-- Of projects that had pgsodium, before Vault could do without.
create role pgsodium_keyholder with nologin;
create role pgsodium_keyiduser with nologin;
create role pgsodium_keymaker with nologin;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role postgres set search_path = "\$user", public, extensions;
alter role supabase_admin set search_path = "\$user", public, auth, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60000';
alter role supabase_storage_admin set search_path = storage;
alter role supabase_functions_admin set search_path = supabase_functions;
alter role supabase_read_only_user set default_transaction_read_only = on;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant authenticator to supabase_storage_admin;
grant supabase_functions_admin, supabase_realtime_admin, supabase_privileged_role to postgres;
grant supabase_privileged_role to supabase_etl_admin;
grant postgres to cli_login_postgres;

grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
grant pg_monitor, pg_read_all_data to supabase_read_only_user;
grant pg_monitor, pg_read_all_data to supabase_etl_admin;

grant pgsodium_keyholder to pgsodium_keymaker, service_role;
grant pgsodium_keyiduser to pgsodium_keyholder, pgsodium_keymaker;
grant pgsodium_keyholder, pgsodium_keyiduser, pgsodium_keymaker to postgres with admin option;
