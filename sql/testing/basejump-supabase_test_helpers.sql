-- basejump-supabase_test_helpers: schema = current, fixed = no, relocatable = no, version = 0.0.6, runs = yes
-- What suites of Supabase projects call to make users and to become them, in schema tests. A stand-in under the same
-- names, with the same claims: `role` and `aal` are not among them, so auth.role() is null after authenticate_as.
-- The functions that read auth.users belong to postgres, who is no superuser: triggers on it run as whom they would.

do $$
begin
    if pg_catalog.to_regnamespace('tests') is null then
        create schema tests authorization postgres;
    end if;
    if pg_catalog.to_regnamespace('test_overrides') is null then
        create schema test_overrides authorization postgres;
    end if;
end
$$;
grant usage on schema tests, test_overrides to anon, authenticated, service_role;

create function tests.create_supabase_user(
    identifier text, email text default null, phone text default null, metadata jsonb default null
) returns uuid language plpgsql security definer set search_path = '' as $$
declare
    made constant uuid := pg_catalog.gen_random_uuid();
begin
    insert into auth.users (id, email, phone, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
    values (
        made, coalesce(email, pg_catalog.concat(identifier, '@test.com')), phone,
        pg_catalog.jsonb_build_object('test_identifier', identifier) || coalesce(metadata, '{}'), '{}',
        pg_catalog.now(), pg_catalog.now()
    );
    return made;
end
$$;

create function tests.get_supabase_user(identifier text) returns json
language plpgsql security definer set search_path = '' as $$
declare
    found_user json;
begin
    select pg_catalog.json_build_object(
        'id', u.id, 'email', u.email, 'phone', u.phone,
        'raw_user_meta_data', u.raw_user_meta_data, 'raw_app_meta_data', u.raw_app_meta_data
    ) into found_user
    from auth.users as u where u.raw_user_meta_data ->> 'test_identifier' = identifier limit 1;
    if found_user ->> 'id' is null then
        raise exception 'User with identifier % not found', identifier;
    end if;
    return found_user;
end
$$;

create function tests.get_supabase_uid(identifier text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
    found_id uuid;
begin
    select u.id into found_id
    from auth.users as u where u.raw_user_meta_data ->> 'test_identifier' = identifier limit 1;
    if found_id is null then
        raise exception 'User with identifier % not found', identifier;
    end if;
    return found_id;
end
$$;

create function tests.authenticate_as(identifier text) returns void language plpgsql as $$
declare
    person json;
begin
    person := tests.get_supabase_user(identifier);
    perform pg_catalog.set_config('role', 'authenticated', true);
    perform pg_catalog.set_config('request.jwt.claims', pg_catalog.json_build_object(
        'sub', person ->> 'id', 'email', person ->> 'email', 'phone', person ->> 'phone',
        'user_metadata', person -> 'raw_user_meta_data', 'app_metadata', person -> 'raw_app_meta_data'
    )::text, true);
end
$$;

create function tests.authenticate_as_service_role() returns void language plpgsql as $$
begin
    perform pg_catalog.set_config('role', 'service_role', true);
    perform pg_catalog.set_config('request.jwt.claims', null, true);
end
$$;

create function tests.clear_authentication() returns void language plpgsql as $$
begin
    perform pg_catalog.set_config('role', 'anon', true);
    perform pg_catalog.set_config('request.jwt.claims', null, true);
end
$$;

-- pgTAP may be in any schema.
create function tests.policytool_is(have integer, want integer, description text) returns text
language plpgsql as $$
declare
    line text;
begin
    execute pg_catalog.format('select %I."is"($1, $2, $3)', (
        select n.nspname from pg_catalog.pg_extension as e
        join pg_catalog.pg_namespace as n on n.oid = e.extnamespace where e.extname = 'pgtap'
    )) into line using have, want, description;
    return line;
end
$$;

create function tests.rls_enabled(testing_schema text) returns text language sql as $$
    select tests.policytool_is(
        pg_catalog.count(*)::integer, 0,
        'All tables in the ' || testing_schema || ' schema should have row level security enabled'
    )
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = testing_schema and c.relkind = 'r' and not c.relrowsecurity
$$;

create function tests.rls_enabled(testing_schema text, testing_table text) returns text language sql as $$
    select tests.policytool_is(
        pg_catalog.count(*)::integer, 1,
        testing_table || ' table in the ' || testing_schema || ' schema should have row level security enabled'
    )
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = testing_schema and c.relname = testing_table and c.relkind = 'r' and c.relrowsecurity
$$;

-- now() is found here first while time stands still; it goes on where nothing was set.
create function test_overrides.now() returns timestamptz language sql stable
    return coalesce(
        nullif(pg_catalog.current_setting('tests.frozen_time', true), '')::timestamptz, pg_catalog.now()
    );

create function tests.freeze_time(frozen_time timestamptz) returns void language plpgsql as $$
begin
    if pg_catalog.current_setting('search_path') not like 'test_overrides,%' then
        perform pg_catalog.set_config(
            'search_path', 'test_overrides,' || pg_catalog.current_setting('search_path') || ',pg_catalog', true
        );
    end if;
    perform pg_catalog.set_config('tests.frozen_time', frozen_time::text, true);
end
$$;

create function tests.unfreeze_time() returns void language plpgsql as $$
begin
    perform pg_catalog.set_config('tests.frozen_time', null, true);
    perform pg_catalog.set_config('search_path', pg_catalog.regexp_replace(
        pg_catalog.current_setting('search_path'), '^test_overrides,(.*),pg_catalog$', '\1'
    ), true);
end
$$;

alter function tests.create_supabase_user(text, text, text, jsonb) owner to postgres;
alter function tests.get_supabase_user(text) owner to postgres;
alter function tests.get_supabase_uid(text) owner to postgres;
