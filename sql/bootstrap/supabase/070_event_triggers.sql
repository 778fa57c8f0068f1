-- The platform's event triggers and their functions in schema extensions: PostgREST is told to reload its schema cache,
-- and what an extension makes is granted. The functions that grant do it as after_extension/*.sql says, for extensions
-- that a server really has; a stand-in is granted by those files alone, or by both, to the same effect.

create function extensions.pgrst_ddl_watch() returns event_trigger language plpgsql set search_path to '' as $$
begin
    if exists (
        select from pg_event_trigger_ddl_commands() as c
        where c.schema_name is distinct from 'pg_temp'
            and c.command_tag in (
                'CREATE SCHEMA', 'ALTER SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE',
                'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE', 'CREATE VIEW', 'ALTER VIEW', 'CREATE MATERIALIZED VIEW',
                'ALTER MATERIALIZED VIEW', 'CREATE FUNCTION', 'ALTER FUNCTION', 'CREATE TRIGGER', 'CREATE TYPE',
                'ALTER TYPE', 'CREATE RULE', 'COMMENT'
            )
    ) then
        notify pgrst, 'reload schema';
    end if;
end
$$;

create function extensions.pgrst_drop_watch() returns event_trigger language plpgsql set search_path to '' as $$
begin
    if exists (
        select from pg_event_trigger_dropped_objects() as o
        where not o.is_temporary
            and o.object_type in (
                'schema', 'table', 'foreign table', 'view', 'materialized view', 'function', 'trigger', 'type', 'rule'
            )
    ) then
        notify pgrst, 'reload schema';
    end if;
end
$$;

create function extensions.grant_pg_cron_access() returns event_trigger language plpgsql set search_path to '' as $$
begin
    if exists (
        select from pg_event_trigger_ddl_commands() as c
        where c.object_type = 'extension' and c.object_identity = 'pg_cron'
    ) then
        grant usage on schema cron to postgres with grant option;
        grant all on all tables in schema cron to postgres with grant option;
        grant all on all functions in schema cron to postgres with grant option;
        revoke all on table cron.job from postgres;
        grant select on table cron.job to postgres with grant option;
        revoke trigger on table cron.job_run_details from postgres;
    end if;
end
$$;

create function extensions.grant_pg_net_access() returns event_trigger language plpgsql set search_path to '' as $$
begin
    if exists (
        select from pg_event_trigger_ddl_commands() as c
        where c.object_type = 'extension' and c.object_identity = 'pg_net'
    ) then
        grant usage on schema net to supabase_functions_admin, postgres, anon, authenticated, service_role;
    end if;
end
$$;

create function extensions.grant_pg_graphql_access() returns event_trigger language plpgsql set search_path to '' as $$
begin
    if exists (
        select from pg_event_trigger_ddl_commands() as c
        where c.object_type = 'extension' and c.object_identity = 'pg_graphql'
    ) then
        grant usage on schema graphql, graphql_public to postgres with grant option;
        grant usage on schema graphql to anon, authenticated, service_role;
        grant execute on all functions in schema graphql to postgres, anon, authenticated, service_role;
    end if;
end
$$;

-- The platform swaps graphql_public.graphql when pg_graphql comes and goes; the one in 080_services.sql serves both, so
-- nothing is left to put back.
create function extensions.set_graphql_placeholder() returns event_trigger language plpgsql set search_path to '' as $$
begin
    return;
end
$$;

alter function extensions.grant_pg_cron_access() owner to postgres;
grant execute on function extensions.grant_pg_cron_access() to dashboard_user;

create event trigger pgrst_ddl_watch on ddl_command_end execute function extensions.pgrst_ddl_watch();
create event trigger pgrst_drop_watch on sql_drop execute function extensions.pgrst_drop_watch();
create event trigger issue_pg_cron_access on ddl_command_end when tag in ('CREATE EXTENSION')
    execute function extensions.grant_pg_cron_access();
create event trigger issue_pg_net_access on ddl_command_end when tag in ('CREATE EXTENSION')
    execute function extensions.grant_pg_net_access();
create event trigger issue_pg_graphql_access on ddl_command_end when tag in ('CREATE EXTENSION')
    execute function extensions.grant_pg_graphql_access();
create event trigger issue_graphql_placeholder on sql_drop when tag in ('DROP EXTENSION')
    execute function extensions.set_graphql_placeholder();
