-- Columns: there or not, null or not, their types and defaults.

create function tap_table(home name, relation name) returns oid language sql stable
begin atomic
    select c.oid from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relname = relation
        and case when home is null then pg_catalog.pg_table_is_visible(c.oid) else n.nspname = home end
    limit 1;
end;
create function tap_column(home name, relation name, attribute name) returns pg_catalog.pg_attribute
language sql stable
begin atomic
    select a from pg_catalog.pg_attribute as a
    where a.attrelid = tap_table(home, relation) and a.attname = attribute and a.attnum > 0 and not a.attisdropped;
end;
create function tap_named(home name, relation name, attribute name) returns text language sql immutable
    return tap_named(home, relation) || '.' || pg_catalog.quote_ident(attribute);

-- An assertion about a column; where there is none it fails, and says so.
create function tap_of_column(home name, relation name, attribute name, passed boolean, description text)
returns text language sql
    return case when (tap_column(home, relation, attribute)).attnum is null
        then tap_line(false, description,
            '    Column ' || tap_named(home, relation, attribute) || ' does not exist')
        else ok(passed, description) end;

create function has_column(name, name, name, text) returns text language sql
    return ok((tap_column($1, $2, $3)).attnum is not null, $4);
create function has_column(name, name, text) returns text language sql
    return ok((tap_column(null, $1, $2)).attnum is not null, $3);
create function has_column(name, name) returns text language sql
    return has_column($1, $2, 'Column ' || tap_named($1, $2) || ' should exist');
create function hasnt_column(name, name, name, text) returns text language sql
    return ok((tap_column($1, $2, $3)).attnum is null, $4);
create function hasnt_column(name, name, text) returns text language sql
    return ok((tap_column(null, $1, $2)).attnum is null, $3);
create function hasnt_column(name, name) returns text language sql
    return hasnt_column($1, $2, 'Column ' || tap_named($1, $2) || ' should not exist');

create function col_not_null(schema_name name, table_name name, column_name name, description text default null)
returns text language sql
    return tap_of_column($1, $2, $3, (tap_column($1, $2, $3)).attnotnull,
        coalesce($4, 'Column ' || tap_named($1, $2, $3) || ' should be NOT NULL'));
create function col_not_null(table_name name, column_name name, description text default null)
returns text language sql
    return tap_of_column(null, $1, $2, (tap_column(null, $1, $2)).attnotnull,
        coalesce($3, 'Column ' || tap_named($1, $2) || ' should be NOT NULL'));
create function col_is_null(schema_name name, table_name name, column_name name, description text default null)
returns text language sql
    return tap_of_column($1, $2, $3, not (tap_column($1, $2, $3)).attnotnull,
        coalesce($4, 'Column ' || tap_named($1, $2, $3) || ' should allow NULL'));
create function col_is_null(table_name name, column_name name, description text default null)
returns text language sql
    return tap_of_column(null, $1, $2, not (tap_column(null, $1, $2)).attnotnull,
        coalesce($3, 'Column ' || tap_named($1, $2) || ' should allow NULL'));
create function col_has_default(name, name, name, text) returns text language sql
    return tap_of_column($1, $2, $3, (tap_column($1, $2, $3)).atthasdef, $4);
create function col_has_default(name, name, text) returns text language sql
    return tap_of_column(null, $1, $2, (tap_column(null, $1, $2)).atthasdef, $3);
create function col_has_default(name, name) returns text language sql
    return col_has_default($1, $2, 'Column ' || tap_named($1, $2) || ' should have a default');
create function col_hasnt_default(name, name, name, text) returns text language sql
    return tap_of_column($1, $2, $3, not (tap_column($1, $2, $3)).atthasdef, $4);
create function col_hasnt_default(name, name, text) returns text language sql
    return tap_of_column(null, $1, $2, not (tap_column(null, $1, $2)).atthasdef, $3);
create function col_hasnt_default(name, name) returns text language sql
    return col_hasnt_default($1, $2, 'Column ' || tap_named($1, $2) || ' should not have a default');

-- A type as the server spells it: int is integer, numeric(10, 2) is numeric(10,2).
create function tap_spelled(wanted text) returns text language sql stable
begin atomic
    select case
        when s.plain is null then null
        when s.plain = 'interval' then pg_catalog.regexp_replace(
            pg_catalog.lower(wanted), '^pg_catalog\.| (?=\()', '', 'g'
        )
        when s.modifier is null then s.plain
        when s.plain ~ '^(timestamp|time) with' then pg_catalog.regexp_replace(s.plain, ' ', s.modifier || ' ')
        when s.plain ~ '\[\]$' then pg_catalog.regexp_replace(s.plain, '\[\]$', s.modifier || '[]')
        else s.plain || s.modifier
    end
    from (
        select pg_catalog.format_type(
                pg_catalog.to_regtype(pg_catalog.regexp_replace(wanted, '\s*\([^)]*\)', '')), null
            ) as plain,
            pg_catalog.regexp_replace(
                pg_catalog.replace(pg_catalog.substring(wanted, '\([^)]*\)'), ' ', ''),
                case when wanted ~* '^(pg_catalog\.)?(numeric|decimal)\M' then '^\((\d+)\)$' else '^$' end, '(\1,0)'
            ) as modifier
    ) as s;
end;
create function format_type_string(text) returns text language sql stable return tap_spelled($1);

-- With a schema, types are compared and shown with theirs.
create function tap_typed(type oid, modifier integer, qualified boolean) returns text language sql stable
    return (
        select case
            when not qualified then pg_catalog.format_type(type, modifier)
            else pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.regexp_replace(
                pg_catalog.format_type(type, modifier), '^(pg_catalog|' || pg_catalog.quote_ident(n.nspname)
                    || ')\.', ''
            )
        end
        from pg_catalog.pg_type as t join pg_catalog.pg_namespace as n on n.oid = t.typnamespace where t.oid = type
    );
create function tap_wanted(home name, wanted text) returns text language sql stable
    return case
        when home is null then tap_spelled(wanted)
        when home = 'pg_catalog' then 'pg_catalog.' || tap_spelled(wanted)
        else pg_catalog.quote_ident(home) || '.' || pg_catalog.regexp_replace(
            tap_spelled(pg_catalog.quote_ident(home) || '.' || wanted), '^' || pg_catalog.quote_ident(home) || '\.', ''
        )
    end;
create function tap_of_type(
    home name, relation name, attribute name, type_home name, wanted text, description text
) returns text language sql
begin atomic
    select case
        when c.have is null then tap_line(false, description,
            '   Column ' || tap_named(home, relation, attribute) || ' does not exist')
        when c.want is null then tap_line(false, description,
            '    Type ' || coalesce(pg_catalog.quote_ident(type_home) || '.', '') || wanted || ' does not exist')
        else tap_is(c.have = c.want, c.have, c.want, description)
    end
    from (
        select tap_typed(a.atttypid, a.atttypmod, type_home is not null) as have, tap_wanted(type_home, wanted) as want
        from (select (tap_column(home, relation, attribute)).*) as a
    ) as c;
end;
create function col_type_is(name, name, name, name, text, text) returns text language sql
    return tap_of_type($1, $2, $3, $4, $5, $6);
create function col_type_is(name, name, name, name, text) returns text language sql
    return col_type_is($1, $2, $3, $4, $5, 'Column ' || tap_named($1, $2, $3) || ' should be type '
        || pg_catalog.quote_ident($4) || '.' || $5);
create function col_type_is(name, name, name, text, text) returns text language sql
    return tap_of_type($1, $2, $3, null, $4, $5);
create function col_type_is(name, name, name, text) returns text language sql
    return tap_of_type($1, $2, $3, null, $4,
        'Column ' || tap_named($1, $2, $3) || ' should be type ' || $4);
create function col_type_is(name, name, text, text) returns text language sql
    return tap_of_type(null, $1, $2, null, $3, $4);
create function col_type_is(name, name, text) returns text language sql
    return col_type_is($1, $2, $3, 'Column ' || tap_named($1, $2) || ' should be type ' || $3);

-- A default that is an expression is compared as written, a literal by its value.
create function tap_default(home name, relation name, attribute name, wanted text, description text)
returns text language plpgsql as $$
declare
    have text;
    attribute_number constant smallint := (@extschema@.tap_column(home, relation, attribute)).attnum;
    table_oid constant oid := @extschema@.tap_table(home, relation);
begin
    if attribute_number is null then
        return @extschema@.tap_line(false, description,
            '    Column ' || @extschema@.tap_named(home, relation, attribute) || ' does not exist');
    end if;
    select pg_catalog.pg_get_expr(d.adbin, d.adrelid) into have from pg_catalog.pg_attrdef as d
    where d.adrelid = table_oid and d.adnum = attribute_number;
    if not found then
        return @extschema@.tap_line(false, description,
            '    Column ' || @extschema@.tap_named(home, relation, attribute) || ' has no default');
    end if;
    if have ~ '^''(''''|[^''])*''(::[^()]+(\(\d+(,\d+)?\))?(\[\])?)?$' then
        execute 'select (' || have || ')::text' into have;
    elsif have ~ '^NULL(::.*)?$' then
        have := null;
    end if;
    return @extschema@.tap_is(have is not distinct from wanted, have, wanted, description);
end
$$;
create function col_default_is(name, name, name, anyelement, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_default($1, $2, $3, $4::text, $5); end $$;
create function col_default_is(name, name, name, text, text) returns text language sql
    return tap_default($1, $2, $3, $4, $5);
create function col_default_is(name, name, anyelement, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_default(null, $1, $2, $3::text, $4); end $$;
create function col_default_is(name, name, text, text) returns text language sql
    return tap_default(null, $1, $2, $3, $4);
create function col_default_is(name, name, anyelement) returns text language plpgsql as $$
begin
    return @extschema@.col_default_is($1, $2, $3, 'Column ' || @extschema@.tap_named($1, $2)
        || ' should default to ' || coalesce(pg_catalog.quote_literal($3), 'NULL'));
end
$$;
create function col_default_is(name, name, text) returns text language sql
    return col_default_is($1, $2, $3, 'Column ' || tap_named($1, $2)
        || ' should default to ' || coalesce(pg_catalog.quote_literal($3), 'NULL'));
