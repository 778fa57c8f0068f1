-- Whether something is there: schemas, relations, types, roles, extensions.

create function tap_relation(home name, relation name, kinds text) returns boolean language sql stable
begin atomic
    select exists (
        select from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where c.relname = relation and pg_catalog.strpos(kinds, c.relkind::text) > 0
            and case when home is null then pg_catalog.pg_table_is_visible(c.oid) else n.nspname = home end
    );
end;
create function tap_type(home name, item name, kinds text) returns boolean language sql stable
begin atomic
    select exists (
        select from pg_catalog.pg_type as t join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
        where t.typname = item and pg_catalog.strpos(kinds, t.typtype::text) > 0
            and (t.typrelid = 0 or (select c.relkind = 'c' from pg_catalog.pg_class as c where c.oid = t.typrelid))
            and t.typelem = 0 and t.typisdefined
            and case when home is null then pg_catalog.pg_type_is_visible(t.oid) else n.nspname = home end
    );
end;
create function tap_named(home name, item name) returns text language sql immutable
    return coalesce(pg_catalog.quote_ident(home) || '.', '') || pg_catalog.quote_ident(item);

create function has_table(name, name, text) returns text language sql
    return ok(tap_relation($1, $2, 'rp'), $3);
create function has_table(name, name) returns text language sql
    return has_table($1, $2, 'Table ' || tap_named($1, $2) || ' should exist');
create function has_table(name, text) returns text language sql return ok(tap_relation(null, $1, 'rp'), $2);
create function has_table(name) returns text language sql
    return has_table($1, 'Table ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_table(name, name, text) returns text language sql
    return ok(not tap_relation($1, $2, 'rp'), $3);
create function hasnt_table(name, name) returns text language sql
    return hasnt_table($1, $2, 'Table ' || tap_named($1, $2) || ' should not exist');
create function hasnt_table(name, text) returns text language sql return ok(not tap_relation(null, $1, 'rp'), $2);
create function hasnt_table(name) returns text language sql
    return hasnt_table($1, 'Table ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_view(name, name, text) returns text language sql
    return ok(tap_relation($1, $2, 'v'), $3);
create function has_view(name, name) returns text language sql
    return has_view($1, $2, 'View ' || tap_named($1, $2) || ' should exist');
create function has_view(name, text) returns text language sql return ok(tap_relation(null, $1, 'v'), $2);
create function has_view(name) returns text language sql
    return has_view($1, 'View ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_view(name, name, text) returns text language sql
    return ok(not tap_relation($1, $2, 'v'), $3);
create function hasnt_view(name, name) returns text language sql
    return hasnt_view($1, $2, 'View ' || tap_named($1, $2) || ' should not exist');
create function hasnt_view(name, text) returns text language sql return ok(not tap_relation(null, $1, 'v'), $2);
create function hasnt_view(name) returns text language sql
    return hasnt_view($1, 'View ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_materialized_view(name, name, text) returns text language sql
    return ok(tap_relation($1, $2, 'm'), $3);
create function has_materialized_view(name, name) returns text language sql
    return has_materialized_view($1, $2, 'Materialized view ' || tap_named($1, $2) || ' should exist');
create function has_materialized_view(name, text) returns text language sql return ok(tap_relation(null, $1, 'm'), $2);
create function has_materialized_view(name) returns text language sql
    return has_materialized_view($1, 'Materialized view ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_materialized_view(name, name, text) returns text language sql
    return ok(not tap_relation($1, $2, 'm'), $3);
create function hasnt_materialized_view(name, name) returns text language sql
    return hasnt_materialized_view($1, $2, 'Materialized view ' || tap_named($1, $2) || ' should not exist');
create function hasnt_materialized_view(name, text) returns text language sql
    return ok(not tap_relation(null, $1, 'm'), $2);
create function hasnt_materialized_view(name) returns text language sql
    return hasnt_materialized_view($1, 'Materialized view ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_sequence(name, name, text) returns text language sql
    return ok(tap_relation($1, $2, 'S'), $3);
create function has_sequence(name, name) returns text language sql
    return has_sequence($1, $2, 'Sequence ' || tap_named($1, $2) || ' should exist');
create function has_sequence(name, text) returns text language sql return ok(tap_relation(null, $1, 'S'), $2);
create function has_sequence(name) returns text language sql
    return has_sequence($1, 'Sequence ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_sequence(name, name, text) returns text language sql
    return ok(not tap_relation($1, $2, 'S'), $3);
create function hasnt_sequence(name, name) returns text language sql
    return hasnt_sequence($1, $2, 'Sequence ' || tap_named($1, $2) || ' should not exist');
create function hasnt_sequence(name, text) returns text language sql return ok(not tap_relation(null, $1, 'S'), $2);
create function hasnt_sequence(name) returns text language sql
    return hasnt_sequence($1, 'Sequence ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_relation(name, name, text) returns text language sql
    return ok(tap_relation($1, $2, 'rvmSfpcit'), $3);
create function has_relation(name, name) returns text language sql
    return has_relation($1, $2, 'Relation ' || tap_named($1, $2) || ' should exist');
create function has_relation(name, text) returns text language sql return ok(tap_relation(null, $1, 'rvmSfpcit'), $2);
create function has_relation(name) returns text language sql
    return has_relation($1, 'Relation ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_relation(name, name, text) returns text language sql
    return ok(not tap_relation($1, $2, 'rvmSfpcit'), $3);
create function hasnt_relation(name, name) returns text language sql
    return hasnt_relation($1, $2, 'Relation ' || tap_named($1, $2) || ' should not exist');
create function hasnt_relation(name, text) returns text language sql
    return ok(not tap_relation(null, $1, 'rvmSfpcit'), $2);
create function hasnt_relation(name) returns text language sql
    return hasnt_relation($1, 'Relation ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_foreign_table(name, name, text) returns text language sql
    return ok(tap_relation($1, $2, 'f'), $3);
create function has_foreign_table(name, name) returns text language sql
    return has_foreign_table($1, $2, 'Foreign table ' || tap_named($1, $2) || ' should exist');
create function has_foreign_table(name, text) returns text language sql return ok(tap_relation(null, $1, 'f'), $2);
create function has_foreign_table(name) returns text language sql
    return has_foreign_table($1, 'Foreign table ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_foreign_table(name, name, text) returns text language sql
    return ok(not tap_relation($1, $2, 'f'), $3);
create function hasnt_foreign_table(name, name) returns text language sql
    return hasnt_foreign_table($1, $2, 'Foreign table ' || tap_named($1, $2) || ' should not exist');
create function hasnt_foreign_table(name, text) returns text language sql
    return ok(not tap_relation(null, $1, 'f'), $2);
create function hasnt_foreign_table(name) returns text language sql
    return hasnt_foreign_table($1, 'Foreign table ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_composite(name, name, text) returns text language sql
    return ok(tap_relation($1, $2, 'c'), $3);
create function has_composite(name, name) returns text language sql
    return has_composite($1, $2, 'Composite type ' || tap_named($1, $2) || ' should exist');
create function has_composite(name, text) returns text language sql return ok(tap_relation(null, $1, 'c'), $2);
create function has_composite(name) returns text language sql
    return has_composite($1, 'Composite type ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_composite(name, name, text) returns text language sql
    return ok(not tap_relation($1, $2, 'c'), $3);
create function hasnt_composite(name, name) returns text language sql
    return hasnt_composite($1, $2, 'Composite type ' || tap_named($1, $2) || ' should not exist');
create function hasnt_composite(name, text) returns text language sql return ok(not tap_relation(null, $1, 'c'), $2);
create function hasnt_composite(name) returns text language sql
    return hasnt_composite($1, 'Composite type ' || pg_catalog.quote_ident($1) || ' should not exist');

create function has_type(name, name, text) returns text language sql return ok(tap_type($1, $2, 'bcderpm'), $3);
create function has_type(name, name) returns text language sql
    return has_type($1, $2, 'Type ' || tap_named($1, $2) || ' should exist');
create function has_type(name, text) returns text language sql return ok(tap_type(null, $1, 'bcderpm'), $2);
create function has_type(name) returns text language sql
    return has_type($1, 'Type ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_type(name, name, text) returns text language sql return ok(not tap_type($1, $2, 'bcderpm'), $3);
create function hasnt_type(name, name) returns text language sql
    return hasnt_type($1, $2, 'Type ' || tap_named($1, $2) || ' should not exist');
create function hasnt_type(name, text) returns text language sql return ok(not tap_type(null, $1, 'bcderpm'), $2);
create function hasnt_type(name) returns text language sql
    return hasnt_type($1, 'Type ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_domain(name, name, text) returns text language sql return ok(tap_type($1, $2, 'd'), $3);
create function has_domain(name, name) returns text language sql
    return has_domain($1, $2, 'Domain ' || tap_named($1, $2) || ' should exist');
create function has_domain(name, text) returns text language sql return ok(tap_type(null, $1, 'd'), $2);
create function has_domain(name) returns text language sql
    return has_domain($1, 'Domain ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_domain(name, name, text) returns text language sql return ok(not tap_type($1, $2, 'd'), $3);
create function hasnt_domain(name, name) returns text language sql
    return hasnt_domain($1, $2, 'Domain ' || tap_named($1, $2) || ' should not exist');
create function hasnt_domain(name, text) returns text language sql return ok(not tap_type(null, $1, 'd'), $2);
create function hasnt_domain(name) returns text language sql
    return hasnt_domain($1, 'Domain ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_enum(name, name, text) returns text language sql return ok(tap_type($1, $2, 'e'), $3);
create function has_enum(name, name) returns text language sql
    return has_enum($1, $2, 'Enum ' || tap_named($1, $2) || ' should exist');
create function has_enum(name, text) returns text language sql return ok(tap_type(null, $1, 'e'), $2);
create function has_enum(name) returns text language sql
    return has_enum($1, 'Enum ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_enum(name, name, text) returns text language sql return ok(not tap_type($1, $2, 'e'), $3);
create function hasnt_enum(name, name) returns text language sql
    return hasnt_enum($1, $2, 'Enum ' || tap_named($1, $2) || ' should not exist');
create function hasnt_enum(name, text) returns text language sql return ok(not tap_type(null, $1, 'e'), $2);
create function hasnt_enum(name) returns text language sql
    return hasnt_enum($1, 'Enum ' || pg_catalog.quote_ident($1) || ' should not exist');

create function has_schema(name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_namespace where nspname = $1), $2);
create function has_schema(name) returns text language sql
    return has_schema($1, 'Schema ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_schema(name, text) returns text language sql
    return ok(not exists (select from pg_catalog.pg_namespace where nspname = $1), $2);
create function hasnt_schema(name) returns text language sql
    return hasnt_schema($1, 'Schema ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_role(name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_roles where rolname = $1), $2);
create function has_role(name) returns text language sql
    return has_role($1, 'Role ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_role(name, text) returns text language sql
    return ok(not exists (select from pg_catalog.pg_roles where rolname = $1), $2);
create function hasnt_role(name) returns text language sql
    return hasnt_role($1, 'Role ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_user(name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_user where usename = $1), $2);
create function has_user(name) returns text language sql
    return has_user($1, 'User ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_user(name, text) returns text language sql
    return ok(not exists (select from pg_catalog.pg_user where usename = $1), $2);
create function hasnt_user(name) returns text language sql
    return hasnt_user($1, 'User ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_group(name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_roles where rolname = $1 and not rolcanlogin), $2);
create function has_group(name) returns text language sql
    return has_group($1, 'Group ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_group(name, text) returns text language sql
    return ok(not exists (select from pg_catalog.pg_roles where rolname = $1 and not rolcanlogin), $2);
create function hasnt_group(name) returns text language sql
    return hasnt_group($1, 'Group ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_language(name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_language where lanname = $1 and lanispl), $2);
create function has_language(name) returns text language sql
    return has_language($1, 'Procedural language ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_language(name, text) returns text language sql
    return ok(not exists (select from pg_catalog.pg_language where lanname = $1 and lanispl), $2);
create function hasnt_language(name) returns text language sql
    return hasnt_language($1, 'Procedural language ' || pg_catalog.quote_ident($1) || ' should not exist');
create function has_tablespace(name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_tablespace where spcname = $1), $2);
create function has_tablespace(name) returns text language sql
    return has_tablespace($1, 'Tablespace ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_tablespace(name, text) returns text language sql
    return ok(not exists (select from pg_catalog.pg_tablespace where spcname = $1), $2);
create function hasnt_tablespace(name) returns text language sql
    return hasnt_tablespace($1, 'Tablespace ' || pg_catalog.quote_ident($1) || ' should not exist');

create function has_extension(name, name, text) returns text language sql
    return ok(exists (
        select from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where n.nspname = $1 and e.extname = $2
    ), $3);
create function has_extension(name, name) returns text language sql
    return has_extension($1, $2, 'Extension ' || pg_catalog.quote_ident($2)
        || ' should exist in schema ' || pg_catalog.quote_ident($1));
create function has_extension(name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_extension where extname = $1), $2);
create function has_extension(name) returns text language sql
    return has_extension($1, 'Extension ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_extension(name, name, text) returns text language sql
    return ok(not exists (
        select from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where n.nspname = $1 and e.extname = $2
    ), $3);
create function hasnt_extension(name, name) returns text language sql
    return hasnt_extension($1, $2, 'Extension ' || pg_catalog.quote_ident($2)
        || ' should not exist in schema ' || pg_catalog.quote_ident($1));
create function hasnt_extension(name, text) returns text language sql
    return ok(not exists (select from pg_catalog.pg_extension where extname = $1), $2);
create function hasnt_extension(name) returns text language sql
    return hasnt_extension($1, 'Extension ' || pg_catalog.quote_ident($1) || ' should not exist');
