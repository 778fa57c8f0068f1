-- supabase-dbdev: schema = current, fixed = no, relocatable = no, version = 0.0.5, runs = yes
-- The installer of packages from database.dev, which suites fetch their helpers with. A stand-in without a network: a
-- package that policytool stands in for counts as installed, any other is an error.

do $$
begin
    if pg_catalog.to_regnamespace('dbdev') is null then
        create schema dbdev authorization postgres;
    end if;
end
$$;

create function dbdev.install(package_name text) returns boolean language plpgsql as $$
begin
    if package_name not in ('supabase-dbdev', 'basejump-supabase_test_helpers')
        and not exists (select from pg_catalog.pg_available_extensions as e where e.name = package_name)
    then
        raise feature_not_supported using
            message = pg_catalog.format('package %s cannot be fetched: dbdev is a stand-in', package_name);
    end if;
    return true;
end
$$;
