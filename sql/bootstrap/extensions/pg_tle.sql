-- pg_tle: schema = pgtle, fixed = yes, relocatable = no, version = 1.4.0, runs = yes
-- Extensions whose scripts live in the database. A stand-in: the packages of test helpers that
-- policytool stands in for count as installed, an attempt to install another one is an error.
-- Left out: the role pgtle_admin, and the hooks for passwords and logins.

create function pgtle.install_extension(
    name text, version text, description text, ext text, requires text[] default null
) returns boolean language plpgsql as $$
begin
    if name in ('supabase-dbdev', 'basejump-supabase_test_helpers') then
        return true;
    end if;
    raise feature_not_supported using message = format('extension %s cannot be installed: pg_tle is a stand-in', name);
end
$$;

create function pgtle.install_extension_version_sql(name text, version text, ext text) returns boolean
    language plpgsql as $$
begin
    raise feature_not_supported using message = format('extension %s cannot be installed: pg_tle is a stand-in', name);
end
$$;

create function pgtle.install_update_path(name text, fromvers text, tovers text, ext text) returns boolean
    language plpgsql as $$
begin
    raise feature_not_supported using message = format('extension %s cannot be updated: pg_tle is a stand-in', name);
end
$$;

create function pgtle.set_default_version(name text, version text) returns boolean language plpgsql as $$
begin
    raise no_data_found using message = format('extension %s does not exist', name);
end
$$;

create function pgtle.uninstall_extension(extname text) returns boolean language plpgsql strict as $$
begin
    raise no_data_found using message = format('extension %s does not exist', extname);
end
$$;

create function pgtle.uninstall_extension_if_exists(extname text) returns boolean language sql strict
    return false;

create function pgtle.available_extensions(out name name, out default_version text, out comment text)
    returns setof record language sql stable strict
begin atomic
    select null::name, null::text, null::text where false;
end;

create function pgtle.available_extension_versions(
    out name name, out version text, out superuser boolean, out trusted boolean, out relocatable boolean,
    out schema name, out requires name[], out comment text
) returns setof record language sql stable strict
begin atomic
    select null::name, null::text, false, false, false, null::name, null::name[], null::text where false;
end;

revoke execute on function
    pgtle.install_extension(text, text, text, text, text[]), pgtle.install_extension_version_sql(text, text, text),
    pgtle.install_update_path(text, text, text, text), pgtle.set_default_version(text, text),
    pgtle.uninstall_extension(text), pgtle.uninstall_extension_if_exists(text)
    from public;
