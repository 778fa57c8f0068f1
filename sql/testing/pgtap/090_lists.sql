-- Exact sets: the tables of a schema, the columns of a table, the labels of an enum.

create function tap_list(kind text, have name[], want name[], description text, missing_kind text default null)
returns text language sql
begin atomic
    select tap_line(s.extra = '{}' and s.missing = '{}', description, pg_catalog.concat_ws(E'\n',
        '    Extra ' || kind || E':\n        ' || nullif(pg_catalog.array_to_string(s.extra, E'\n        '), ''),
        '    Missing ' || coalesce(missing_kind, kind) || E':\n        '
            || nullif(pg_catalog.array_to_string(s.missing, E'\n        '), '')))
    from (
        select array(
            select case kind when 'privileges' then h else pg_catalog.quote_ident(h) end
            from pg_catalog.unnest(have) as h
            where h <> all (array(select w from pg_catalog.unnest(want) as w where w is not null)) order by 1
        ) as extra, array(
            select case kind when 'privileges' then w else pg_catalog.quote_ident(w) end
            from pg_catalog.unnest(want) as w
            where w is not null and w <> all (have) order by 1
        ) as missing
    ) as s;
end;
create function tap_path() returns text language sql stable
    return 'Search path ' || pg_catalog.current_setting('search_path');
create function tap_relations(home name, kinds text) returns name[] language sql stable
    return array(
        select c.relname from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where pg_catalog.strpos(kinds, c.relkind::text) > 0 and case
            when home is null then pg_catalog.pg_table_is_visible(c.oid)
                and n.nspname not in ('pg_catalog', 'information_schema')
                and not (n.oid = pg_catalog.pg_my_temp_schema() and c.relname ~ '^tap_')
            else n.nspname = home
        end
    );
create function tap_types(home name, kinds text) returns name[] language sql stable
    return array(
        select t.typname from pg_catalog.pg_type as t join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
        where pg_catalog.strpos(kinds, t.typtype::text) > 0
            and (t.typrelid = 0 or (select c.relkind = 'c' from pg_catalog.pg_class as c where c.oid = t.typrelid))
            and not exists (select from pg_catalog.pg_type as e where e.oid = t.typelem and e.typarray = t.oid)
            and case
                when home is null then pg_catalog.pg_type_is_visible(t.oid)
                    and n.nspname not in ('pg_catalog', 'information_schema')
                else n.nspname = home
            end
    );

create function tables_are(name, name[], text) returns text language sql
    return tap_list('tables', tap_relations($1, 'rp'), $2, $3);
create function tables_are(name, name[]) returns text language sql
    return tables_are($1, $2, 'Schema ' || pg_catalog.quote_ident($1) || ' should have the correct tables');
create function tables_are(name[], text) returns text language sql
    return tap_list('tables', tap_relations(null, 'rp'), $1, $2);
create function tables_are(name[]) returns text language sql
    return tables_are($1, tap_path() || ' should have the correct tables');
create function views_are(name, name[], text) returns text language sql
    return tap_list('views', tap_relations($1, 'v'), $2, $3);
create function views_are(name, name[]) returns text language sql
    return views_are($1, $2, 'Schema ' || pg_catalog.quote_ident($1) || ' should have the correct views');
create function views_are(name[], text) returns text language sql
    return tap_list('views', tap_relations(null, 'v'), $1, $2);
create function views_are(name[]) returns text language sql
    return views_are($1, tap_path() || ' should have the correct views');
create function materialized_views_are(name, name[], text) returns text language sql
    return tap_list('Materialized views', tap_relations($1, 'm'), $2, $3);
create function materialized_views_are(name, name[]) returns text language sql
    return materialized_views_are($1, $2, 'Schema ' || pg_catalog.quote_ident($1)
        || ' should have the correct materialized views');
create function materialized_views_are(name[], text) returns text language sql
    return tap_list('Materialized views', tap_relations(null, 'm'), $1, $2);
create function materialized_views_are(name[]) returns text language sql
    return materialized_views_are($1, tap_path() || ' should have the correct materialized views');
create function sequences_are(name, name[], text) returns text language sql
    return tap_list('sequences', tap_relations($1, 'S'), $2, $3);
create function sequences_are(name, name[]) returns text language sql
    return sequences_are($1, $2, 'Schema ' || pg_catalog.quote_ident($1) || ' should have the correct sequences');
create function sequences_are(name[], text) returns text language sql
    return tap_list('sequences', tap_relations(null, 'S'), $1, $2);
create function sequences_are(name[]) returns text language sql
    return sequences_are($1, tap_path() || ' should have the correct sequences');
create function foreign_tables_are(name, name[], text) returns text language sql
    return tap_list('foreign tables', tap_relations($1, 'f'), $2, $3);
create function foreign_tables_are(name, name[]) returns text language sql
    return foreign_tables_are($1, $2, 'Schema ' || pg_catalog.quote_ident($1)
        || ' should have the correct foreign tables');
create function foreign_tables_are(name[], text) returns text language sql
    return tap_list('foreign tables', tap_relations(null, 'f'), $1, $2);
create function foreign_tables_are(name[]) returns text language sql
    return foreign_tables_are($1, tap_path() || ' should have the correct foreign tables');
create function types_are(name, name[], text) returns text language sql
    return tap_list('types', tap_types($1, 'bcderpm'), $2, $3);
create function types_are(name, name[]) returns text language sql
    return types_are($1, $2, 'Schema ' || pg_catalog.quote_ident($1) || ' should have the correct types');
create function types_are(name[], text) returns text language sql
    return tap_list('types', tap_types(null, 'bcderpm'), $1, $2);
create function types_are(name[]) returns text language sql
    return types_are($1, tap_path() || ' should have the correct types');
create function domains_are(name, name[], text) returns text language sql
    return tap_list('types', tap_types($1, 'd'), $2, $3);
create function domains_are(name, name[]) returns text language sql
    return domains_are($1, $2, 'Schema ' || pg_catalog.quote_ident($1) || ' should have the correct domains');
create function domains_are(name[], text) returns text language sql
    return tap_list('types', tap_types(null, 'd'), $1, $2);
create function domains_are(name[]) returns text language sql
    return domains_are($1, tap_path() || ' should have the correct domains');
create function enums_are(name, name[], text) returns text language sql
    return tap_list('types', tap_types($1, 'e'), $2, $3);
create function enums_are(name, name[]) returns text language sql
    return enums_are($1, $2, 'Schema ' || pg_catalog.quote_ident($1) || ' should have the correct enums');
create function enums_are(name[], text) returns text language sql
    return tap_list('types', tap_types(null, 'e'), $1, $2);
create function enums_are(name[]) returns text language sql
    return enums_are($1, tap_path() || ' should have the correct enums');

create function functions_are(name, name[], text) returns text language sql
    return tap_list('functions', array(
        select distinct p.proname from pg_catalog.pg_proc as p
        join pg_catalog.pg_namespace as n on n.oid = p.pronamespace where n.nspname = $1
    ), $2, $3);
create function functions_are(name, name[]) returns text language sql
    return functions_are($1, $2, 'Schema ' || pg_catalog.quote_ident($1) || ' should have the correct functions');
create function functions_are(name[], text) returns text language sql
    return tap_list('functions', array(
        select distinct p.proname from pg_catalog.pg_proc as p
        join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        where pg_catalog.pg_function_is_visible(p.oid) and n.nspname not in ('pg_catalog', 'information_schema')
    ), $1, $2);
create function functions_are(name[]) returns text language sql
    return functions_are($1, tap_path() || ' should have the correct functions');

create function columns_are(name, name, name[], text) returns text language sql
    return tap_list('columns', array(
        select a.attname from pg_catalog.pg_attribute as a
        where a.attrelid = tap_table($1, $2) and a.attnum > 0 and not a.attisdropped
    ), $3, $4);
create function columns_are(name, name, name[]) returns text language sql
    return columns_are($1, $2, $3, 'Table ' || tap_named($1, $2) || ' should have the correct columns');
create function columns_are(name, name[], text) returns text language sql
    return tap_list('columns', array(
        select a.attname from pg_catalog.pg_attribute as a
        where a.attrelid = tap_table(null, $1) and a.attnum > 0 and not a.attisdropped
    ), $2, $3);
create function columns_are(name, name[]) returns text language sql
    return columns_are($1, $2, 'Table ' || pg_catalog.quote_ident($1) || ' should have the correct columns');
create function indexes_are(name, name, name[], text) returns text language sql
    return tap_list('indexes', array(
        select c.relname from pg_catalog.pg_index as i
        join pg_catalog.pg_class as c on c.oid = i.indexrelid where i.indrelid = tap_table($1, $2)
    ), $3, $4);
create function indexes_are(name, name, name[]) returns text language sql
    return indexes_are($1, $2, $3, 'Table ' || tap_named($1, $2) || ' should have the correct indexes');
create function indexes_are(name, name[], text) returns text language sql
    return tap_list('indexes', array(
        select c.relname from pg_catalog.pg_index as i
        join pg_catalog.pg_class as c on c.oid = i.indexrelid where i.indrelid = tap_table(null, $1)
    ), $2, $3);
create function indexes_are(name, name[]) returns text language sql
    return indexes_are($1, $2, 'Table ' || pg_catalog.quote_ident($1) || ' should have the correct indexes');
create function triggers_are(name, name, name[], text) returns text language sql
    return tap_list('triggers', array(
        select t.tgname from pg_catalog.pg_trigger as t
        where t.tgrelid = tap_table($1, $2) and not t.tgisinternal
    ), $3, $4);
create function triggers_are(name, name, name[]) returns text language sql
    return triggers_are($1, $2, $3, 'Table ' || tap_named($1, $2) || ' should have the correct triggers');
create function triggers_are(name, name[], text) returns text language sql
    return tap_list('triggers', array(
        select t.tgname from pg_catalog.pg_trigger as t
        where t.tgrelid = tap_table(null, $1) and not t.tgisinternal
    ), $2, $3);
create function triggers_are(name, name[]) returns text language sql
    return triggers_are($1, $2, 'Table ' || pg_catalog.quote_ident($1) || ' should have the correct triggers');
create function partitions_are(name, name, name[], text) returns text language sql
    return tap_list('partitions', array(
        select c.oid::regclass::text::name from pg_catalog.pg_inherits as i
        join pg_catalog.pg_class as c on c.oid = i.inhrelid and c.relispartition
        where i.inhparent = tap_table($1, $2)
    ), $3, $4);
create function partitions_are(name, name, name[]) returns text language sql
    return partitions_are($1, $2, $3, 'Table ' || tap_named($1, $2) || ' should have the correct partitions');
create function partitions_are(name, name[], text) returns text language sql
    return tap_list('partitions', array(
        select c.oid::regclass::text::name from pg_catalog.pg_inherits as i
        join pg_catalog.pg_class as c on c.oid = i.inhrelid and c.relispartition
        where i.inhparent = tap_table(null, $1)
    ), $2, $3);
create function partitions_are(name, name[]) returns text language sql
    return partitions_are($1, $2, 'Table ' || pg_catalog.quote_ident($1) || ' should have the correct partitions');
create function policies_are(name, name, name[], text) returns text language sql
    return tap_list('policies', array(
        select p.polname from pg_catalog.pg_policy as p where p.polrelid = tap_table($1, $2)
    ), $3, $4);
create function policies_are(name, name, name[]) returns text language sql
    return policies_are($1, $2, $3, 'Table ' || tap_named($1, $2) || ' should have the correct policies');
create function policies_are(name, name[], text) returns text language sql
    return tap_list('policies', array(
        select p.polname from pg_catalog.pg_policy as p where p.polrelid = tap_table(null, $1)
    ), $2, $3);
create function policies_are(name, name[]) returns text language sql
    return policies_are($1, $2, 'Table ' || pg_catalog.quote_ident($1) || ' should have the correct policies');
create function rules_are(name, name, name[], text) returns text language sql
    return tap_list('rules', array(
        select r.rulename from pg_catalog.pg_rewrite as r
        where r.ev_class = tap_table($1, $2) and r.rulename <> '_RETURN'
    ), $3, $4);
create function rules_are(name, name, name[]) returns text language sql
    return rules_are($1, $2, $3, 'Relation ' || tap_named($1, $2) || ' should have the correct rules');
create function rules_are(name, name[], text) returns text language sql
    return tap_list('rules', array(
        select r.rulename from pg_catalog.pg_rewrite as r
        where r.ev_class = tap_table(null, $1) and r.rulename <> '_RETURN'
    ), $2, $3);
create function rules_are(name, name[]) returns text language sql
    return rules_are($1, $2, 'Relation ' || pg_catalog.quote_ident($1) || ' should have the correct rules');

create function schemas_are(name[], text) returns text language sql
    return tap_list('schemas', array(
        select n.nspname from pg_catalog.pg_namespace as n
        where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    ), $1, $2);
create function schemas_are(name[]) returns text language sql
    return schemas_are($1, 'There should be the correct schemas');
create function roles_are(name[], text) returns text language sql
    return tap_list('roles', array(
        select r.rolname from pg_catalog.pg_roles as r
    ), $1, $2);
create function roles_are(name[]) returns text language sql
    return roles_are($1, 'There should be the correct roles');
create function users_are(name[], text) returns text language sql
    return tap_list('users', array(
        select u.usename from pg_catalog.pg_user as u
    ), $1, $2);
create function users_are(name[]) returns text language sql
    return users_are($1, 'There should be the correct users');
create function groups_are(name[], text) returns text language sql
    return tap_list('groups', array(
        select r.rolname from pg_catalog.pg_roles as r where not r.rolcanlogin
    ), $1, $2);
create function groups_are(name[]) returns text language sql
    return groups_are($1, 'There should be the correct groups');
create function languages_are(name[], text) returns text language sql
    return tap_list('languages', array(
        select l.lanname from pg_catalog.pg_language as l where l.lanispl
    ), $1, $2);
create function languages_are(name[]) returns text language sql
    return languages_are($1, 'There should be the correct procedural languages');
create function extensions_are(name, name[], text) returns text language sql
    return tap_list('extensions', array(
        select e.extname from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where n.nspname = $1
    ), $2, $3);
create function extensions_are(name, name[]) returns text language sql
    return extensions_are($1, $2, 'Schema ' || pg_catalog.quote_ident($1) || ' should have the correct extensions');
create function extensions_are(name[], text) returns text language sql
    return tap_list('extensions', array(select e.extname from pg_catalog.pg_extension as e), $1, $2);
create function extensions_are(name[]) returns text language sql
    return extensions_are($1, 'Should have the correct extensions');

create function tap_labels(home name, item name) returns text language sql stable
    return array(
        select e.enumlabel from pg_catalog.pg_enum as e
        join pg_catalog.pg_type as t on t.oid = e.enumtypid
        join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
        where t.typname = item
            and case when home is null then pg_catalog.pg_type_is_visible(t.oid) else n.nspname = home end
        order by e.enumsortorder
    )::text;
create function enum_has_labels(name, name, name[], text) returns text language sql
    return tap_is(tap_labels($1, $2) = $3::text, tap_labels($1, $2), $3::text, $4);
create function enum_has_labels(name, name, name[]) returns text language sql
    return enum_has_labels($1, $2, $3, 'Enum ' || tap_named($1, $2)
        || ' should have labels (' || pg_catalog.array_to_string($3, ', ') || ')');
create function enum_has_labels(name, name[], text) returns text language sql
    return tap_is(tap_labels(null, $1) = $2::text, tap_labels(null, $1), $2::text, $3);
create function enum_has_labels(name, name[]) returns text language sql
    return enum_has_labels($1, $2, 'Enum ' || pg_catalog.quote_ident($1)
        || ' should have labels (' || pg_catalog.array_to_string($2, ', ') || ')');

create function tap_extends(item text, type_home name, wanted text, is_one boolean, description text)
returns text language sql
begin atomic
    select case
        when d.have is null then tap_line(false, description, '   Domain ' || item || ' does not exist')
        when is_one then tap_is(d.have = d.want, d.have, d.want, description)
        else tap_is(d.have <> d.want, d.have, 'anything else', description)
    end
    from (
        select tap_typed(t.typbasetype, t.typtypmod, type_home is not null) as have,
            coalesce(tap_wanted(type_home, wanted), coalesce(pg_catalog.quote_ident(type_home) || '.', '')
                || wanted) as want
        from (select pg_catalog.to_regtype(item)::oid as oid) as s
        left join pg_catalog.pg_type as t on t.oid = s.oid and t.typtype = 'd'
    ) as d;
end;
create function domain_type_is(name, text, name, text, text) returns text language sql
    return tap_extends(pg_catalog.quote_ident($1) || '.' || $2, $3, $4, true, $5);
create function domain_type_is(name, text, name, text) returns text language sql
    return domain_type_is($1, $2, $3, $4, 'Domain ' || pg_catalog.quote_ident($1) || '.' || $2
        || ' should extend type ' || pg_catalog.quote_ident($3) || '.' || $4);
create function domain_type_is(name, text, text, text) returns text language sql
    return tap_extends(pg_catalog.quote_ident($1) || '.' || $2, null, $3, true, $4);
create function domain_type_is(name, text, text) returns text language sql
    return domain_type_is($1, $2, $3, 'Domain ' || pg_catalog.quote_ident($1) || '.' || $2
        || ' should extend type ' || $3);
create function domain_type_is(text, text, text) returns text language sql return tap_extends($1, null, $2, true, $3);
create function domain_type_is(text, text) returns text language sql
    return tap_extends($1, null, $2, true, 'Domain ' || $1 || ' should extend type ' || $2);
create function domain_type_isnt(name, text, name, text, text) returns text language sql
    return tap_extends(pg_catalog.quote_ident($1) || '.' || $2, $3, $4, false, $5);
create function domain_type_isnt(name, text, name, text) returns text language sql
    return domain_type_isnt($1, $2, $3, $4, 'Domain ' || pg_catalog.quote_ident($1) || '.' || $2
        || ' should not extend type ' || pg_catalog.quote_ident($3) || '.' || $4);
create function domain_type_isnt(name, text, text, text) returns text language sql
    return tap_extends(pg_catalog.quote_ident($1) || '.' || $2, null, $3, false, $4);
create function domain_type_isnt(name, text, text) returns text language sql
    return domain_type_isnt($1, $2, $3, 'Domain ' || pg_catalog.quote_ident($1) || '.' || $2
        || ' should not extend type ' || $3);
create function domain_type_isnt(text, text, text) returns text language sql
    return tap_extends($1, null, $2, false, $3);
create function domain_type_isnt(text, text) returns text language sql
    return tap_extends($1, null, $2, false, 'Domain ' || $1 || ' should not extend type ' || $2);
