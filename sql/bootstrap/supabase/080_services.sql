-- The smaller schemas: graphql_public, supabase_functions (database webhooks), supabase_migrations, pgbouncer.
-- A table of supabase_functions is open to the API roles on the platform, too; the schema is not exposed.
-- http_request needs net.http_get and net.http_post, hence pg_net, when a webhook fires.

create function graphql_public.graphql(
    "operationName" text default null, query text default null, variables jsonb default null,
    extensions jsonb default null
) returns jsonb language plpgsql as $$
declare
    answer jsonb;
begin
    if not exists (
        select from pg_catalog.pg_proc as p where p.proname = 'resolve' and p.pronamespace = to_regnamespace('graphql')
    ) then
        return '{"errors": [{"message": "pg_graphql extension is not enabled."}]}';
    end if;
    execute 'select graphql.resolve($1, $2, $3, $4)'
        into answer using query, coalesce(variables, '{}'), "operationName", extensions;
    return answer;
end
$$;
grant execute on function graphql_public.graphql(text, text, jsonb, jsonb)
    to postgres, anon, authenticated, service_role;

set role supabase_functions_admin;

create table supabase_functions.migrations (
    version text not null,
    inserted_at timestamptz not null default now(),
    constraint migrations_pkey primary key (version)
);

create table supabase_functions.hooks (
    id bigserial not null,
    hook_table_id integer not null,
    hook_name text not null,
    created_at timestamptz not null default now(),
    request_id bigint,
    constraint hooks_pkey primary key (id)
);
create index supabase_functions_hooks_request_id_idx on supabase_functions.hooks (request_id);
create index supabase_functions_hooks_h_table_id_h_name_idx on supabase_functions.hooks (hook_table_id, hook_name);

grant all on table supabase_functions.migrations, supabase_functions.hooks
    to postgres, anon, authenticated, service_role;
grant all on sequence supabase_functions.hooks_id_seq to postgres, anon, authenticated, service_role;

-- Arguments of the trigger: url, method, headers, params, timeout in milliseconds.
create function supabase_functions.http_request() returns trigger
    language plpgsql security definer set search_path to 'supabase_functions' as $$
declare
    url text := nullif(tg_argv[0], 'null');
    method text := nullif(tg_argv[1], 'null');
    headers jsonb := coalesce(nullif(tg_argv[2], 'null'), '{"Content-Type": "application/json"}');
    params jsonb := coalesce(nullif(tg_argv[3], 'null'), '{}');
    timeout_ms integer := coalesce(nullif(tg_argv[4], 'null'), '1000');
    request bigint;
begin
    if url is null or method is null then
        raise exception 'a webhook needs a url and a method';
    end if;
    case method
        when 'GET' then
            request := net.http_get(url, params, headers, timeout_ms);
        when 'POST' then
            request := net.http_post(
                url,
                jsonb_build_object(
                    'type', tg_op, 'schema', tg_table_schema, 'table', tg_table_name, 'record', new, 'old_record', old
                ),
                params, headers, timeout_ms
            );
        else
            raise exception 'method argument % is invalid', method;
    end case;
    insert into supabase_functions.hooks (hook_table_id, hook_name, request_id) values (tg_relid, tg_name, request);
    return new;
end
$$;
revoke execute on function supabase_functions.http_request() from public;
grant execute on function supabase_functions.http_request() to postgres, anon, authenticated, service_role;

set role postgres;

create table supabase_migrations.schema_migrations (
    version text not null,
    statements text[],
    name text,
    constraint schema_migrations_pkey primary key (version)
);

reset role;

create function pgbouncer.get_auth(p_usename text) returns table (username text, password text)
    language plpgsql security definer set search_path to '' as $$
begin
    return query
        select a.rolname::text, case when a.rolvaliduntil < now() then null else a.rolpassword end
        from pg_catalog.pg_authid as a
        where a.rolname = p_usename and a.rolcanlogin;
end
$$;
revoke execute on function pgbouncer.get_auth(text) from public;
grant execute on function pgbouncer.get_auth(text) to pgbouncer;

grant execute on function pg_catalog.pg_reload_conf() to postgres;
