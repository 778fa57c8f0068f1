-- What every PostgreSQL cluster and every new database has before anything else is run.
-- For the static builder only: a server has all of it already, and would refuse to make it again.
-- pg_database_owner has one member, never listed: whoever owns the database, here postgres.

create role supabase_admin with superuser createdb createrole login replication bypassrls;

-- The predefined roles of 15 to 18. pg_create_subscription and pg_use_reserved_connections came with 16,
-- pg_maintain with 17, pg_signal_autovacuum_worker with 18.
create role pg_database_owner nologin;
create role pg_read_all_data nologin;
create role pg_write_all_data nologin;
create role pg_read_all_settings nologin;
create role pg_read_all_stats nologin;
create role pg_stat_scan_tables nologin;
create role pg_monitor nologin;
create role pg_read_server_files nologin;
create role pg_write_server_files nologin;
create role pg_execute_server_program nologin;
create role pg_signal_backend nologin;
create role pg_checkpoint nologin;
create role pg_create_subscription nologin;
create role pg_use_reserved_connections nologin;
create role pg_maintain nologin;
create role pg_signal_autovacuum_worker nologin;

grant pg_read_all_settings, pg_read_all_stats, pg_stat_scan_tables to pg_monitor;

-- Since 15 the public schema belongs to the owner of the database, and PUBLIC may use it but create nothing in it.
create schema public authorization pg_database_owner;
grant usage on schema public to public;
comment on schema public is 'standard public schema';

create extension plpgsql with schema pg_catalog;
