-- Casts, operators, what a rule does, languages, and how long a statement takes on average.

create function tap_oid(wanted name) returns oid language sql stable
    return pg_catalog.to_regtype(pg_catalog.regexp_replace(pg_catalog.lower(wanted), '\s*\([^)]*\)', ''))::oid;
create function tap_cast(source name, target name, home name, function name) returns boolean language sql stable
    return exists (
        select from pg_catalog.pg_cast as c
        left join pg_catalog.pg_proc as p on p.oid = c.castfunc
        left join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        where c.castsource = tap_oid(source) and c.casttarget = tap_oid(target)
            and (function is null or p.proname = function) and (home is null or n.nspname = home)
    );
create function tap_cast_named(source name, target name, function text) returns text language sql immutable
    return 'Cast (' || pg_catalog.quote_ident(source) || ' AS ' || pg_catalog.quote_ident(target) || ')'
        || coalesce(' WITH FUNCTION ' || function || '()', '');
create function has_cast(name, name, name, name, text) returns text language sql
    return ok(tap_cast($1, $2, $3, $4), $5);
create function has_cast(name, name, name, name) returns text language sql
    return has_cast($1, $2, $3, $4, tap_cast_named($1, $2, tap_named($3, $4)) || ' should exist');
create function has_cast(name, name, name, text) returns text language sql
    return ok(tap_cast($1, $2, null, $3), $4);
create function has_cast(name, name, name) returns text language sql
    return has_cast($1, $2, $3, tap_cast_named($1, $2, pg_catalog.quote_ident($3)) || ' should exist');
create function has_cast(name, name, text) returns text language sql
    return ok(tap_cast($1, $2, null, null), $3);
create function has_cast(name, name) returns text language sql
    return has_cast($1, $2, tap_cast_named($1, $2, null) || ' should exist');
create function hasnt_cast(name, name, name, name, text) returns text language sql
    return ok(not tap_cast($1, $2, $3, $4), $5);
create function hasnt_cast(name, name, name, name) returns text language sql
    return hasnt_cast($1, $2, $3, $4, tap_cast_named($1, $2, tap_named($3, $4)) || ' should not exist');
create function hasnt_cast(name, name, name, text) returns text language sql
    return ok(not tap_cast($1, $2, null, $3), $4);
create function hasnt_cast(name, name, name) returns text language sql
    return hasnt_cast($1, $2, $3, tap_cast_named($1, $2, pg_catalog.quote_ident($3)) || ' should not exist');
create function hasnt_cast(name, name, text) returns text language sql
    return ok(not tap_cast($1, $2, null, null), $3);
create function hasnt_cast(name, name) returns text language sql
    return hasnt_cast($1, $2, tap_cast_named($1, $2, null) || ' should not exist');
create function tap_context(text) returns text language sql immutable
    return case pg_catalog.lower(pg_catalog.left($1, 1))
        when 'i' then 'implicit' when 'a' then 'assignment' when 'e' then 'explicit' else $1 end;
create function cast_context_is(name, name, text, text) returns text language sql
begin atomic
    select case
        when s.have is null then tap_line(false, $4, '    ' || tap_cast_named($1, $2, null) || ' does not exist')
        else tap_is(s.have = tap_context($3), s.have, tap_context($3), $4)
    end
    from (select (
        select tap_context(c.castcontext::text) from pg_catalog.pg_cast as c
        where c.castsource = tap_oid($1) and c.casttarget = tap_oid($2)
    ) as have) as s;
end;
create function cast_context_is(name, name, text) returns text language sql
    return cast_context_is($1, $2, $3, tap_cast_named($1, $2, null) || ' context should be ' || tap_context($3));

-- A side that is null has no operand, a result that is null may be any.
create function tap_operator(one name, home name, item name, other name, result name) returns boolean
language sql stable
    return exists (
        select from pg_catalog.pg_operator as o join pg_catalog.pg_namespace as n on n.oid = o.oprnamespace
        where o.oprname = item
            and case when home is null then pg_catalog.pg_operator_is_visible(o.oid) else n.nspname = home end
            and o.oprleft = case when one is null then 0::oid else tap_oid(one) end
            and o.oprright = case when other is null then 0::oid else tap_oid(other) end
            and (result is null or o.oprresult = tap_oid(result))
    );
create function tap_operator_named(one name, home name, item name, other name, result name) returns text
language sql immutable
    return coalesce(pg_catalog.quote_ident(home) || '.', '') || item
        || '(' || coalesce(one::text, 'NONE') || ',' || coalesce(other::text, 'NONE') || ')'
        || coalesce(' RETURNS ' || result::text, '');
create function has_operator(name, name, name, name, name, text) returns text language sql
    return ok(tap_operator($1, $2, $3, $4, $5), $6);
create function has_operator(name, name, name, name, name) returns text language sql
    return has_operator($1, $2, $3, $4, $5,
        'Operator ' || tap_operator_named($1, $2, $3, $4, $5) || ' should exist');
create function has_operator(name, name, name, name, text) returns text language sql
    return ok(tap_operator($1, null, $2, $3, $4), $5);
create function has_operator(name, name, name, name) returns text language sql
    return has_operator($1, $2, $3, $4,
        'Operator ' || tap_operator_named($1, null, $2, $3, $4) || ' should exist');
create function has_operator(name, name, name, text) returns text language sql
    return ok(tap_operator($1, null, $2, $3, null), $4);
create function has_operator(name, name, name) returns text language sql
    return has_operator($1, $2, $3,
        'Operator ' || tap_operator_named($1, null, $2, $3, null) || ' should exist');
create function hasnt_operator(name, name, name, name, name, text) returns text language sql
    return ok(not tap_operator($1, $2, $3, $4, $5), $6);
create function hasnt_operator(name, name, name, name, name) returns text language sql
    return hasnt_operator($1, $2, $3, $4, $5,
        'Operator ' || tap_operator_named($1, $2, $3, $4, $5) || ' should not exist');
create function hasnt_operator(name, name, name, name, text) returns text language sql
    return ok(not tap_operator($1, null, $2, $3, $4), $5);
create function hasnt_operator(name, name, name, name) returns text language sql
    return hasnt_operator($1, $2, $3, $4,
        'Operator ' || tap_operator_named($1, null, $2, $3, $4) || ' should not exist');
create function hasnt_operator(name, name, name, text) returns text language sql
    return ok(not tap_operator($1, null, $2, $3, null), $4);
create function hasnt_operator(name, name, name) returns text language sql
    return hasnt_operator($1, $2, $3,
        'Operator ' || tap_operator_named($1, null, $2, $3, null) || ' should not exist');
create function has_leftop(name, name, name, name, text) returns text language sql
    return ok(tap_operator(null, $1, $2, $3, $4), $5);
create function has_leftop(name, name, name, name) returns text language sql
    return has_leftop($1, $2, $3, $4,
        'Left operator ' || tap_operator_named(null, $1, $2, $3, $4) || ' should exist');
create function has_leftop(name, name, name, text) returns text language sql
    return ok(tap_operator(null, null, $1, $2, $3), $4);
create function has_leftop(name, name, name) returns text language sql
    return has_leftop($1, $2, $3,
        'Left operator ' || tap_operator_named(null, null, $1, $2, $3) || ' should exist');
create function has_leftop(name, name, text) returns text language sql
    return ok(tap_operator(null, null, $1, $2, null), $3);
create function has_leftop(name, name) returns text language sql
    return has_leftop($1, $2,
        'Left operator ' || tap_operator_named(null, null, $1, $2, null) || ' should exist');
create function hasnt_leftop(name, name, name, name, text) returns text language sql
    return ok(not tap_operator(null, $1, $2, $3, $4), $5);
create function hasnt_leftop(name, name, name, name) returns text language sql
    return hasnt_leftop($1, $2, $3, $4,
        'Left operator ' || tap_operator_named(null, $1, $2, $3, $4) || ' should not exist');
create function hasnt_leftop(name, name, name, text) returns text language sql
    return ok(not tap_operator(null, null, $1, $2, $3), $4);
create function hasnt_leftop(name, name, name) returns text language sql
    return hasnt_leftop($1, $2, $3,
        'Left operator ' || tap_operator_named(null, null, $1, $2, $3) || ' should not exist');
create function hasnt_leftop(name, name, text) returns text language sql
    return ok(not tap_operator(null, null, $1, $2, null), $3);
create function hasnt_leftop(name, name) returns text language sql
    return hasnt_leftop($1, $2,
        'Left operator ' || tap_operator_named(null, null, $1, $2, null) || ' should not exist');
create function has_rightop(name, name, name, name, text) returns text language sql
    return ok(tap_operator($1, $2, $3, null, $4), $5);
create function has_rightop(name, name, name, name) returns text language sql
    return has_rightop($1, $2, $3, $4,
        'Right operator ' || tap_operator_named($1, $2, $3, null, $4) || ' should exist');
create function has_rightop(name, name, name, text) returns text language sql
    return ok(tap_operator($1, null, $2, null, $3), $4);
create function has_rightop(name, name, name) returns text language sql
    return has_rightop($1, $2, $3,
        'Right operator ' || tap_operator_named($1, null, $2, null, $3) || ' should exist');
create function has_rightop(name, name, text) returns text language sql
    return ok(tap_operator($1, null, $2, null, null), $3);
create function has_rightop(name, name) returns text language sql
    return has_rightop($1, $2,
        'Right operator ' || tap_operator_named($1, null, $2, null, null) || ' should exist');
create function hasnt_rightop(name, name, name, name, text) returns text language sql
    return ok(not tap_operator($1, $2, $3, null, $4), $5);
create function hasnt_rightop(name, name, name, name) returns text language sql
    return hasnt_rightop($1, $2, $3, $4,
        'Right operator ' || tap_operator_named($1, $2, $3, null, $4) || ' should not exist');
create function hasnt_rightop(name, name, name, text) returns text language sql
    return ok(not tap_operator($1, null, $2, null, $3), $4);
create function hasnt_rightop(name, name, name) returns text language sql
    return hasnt_rightop($1, $2, $3,
        'Right operator ' || tap_operator_named($1, null, $2, null, $3) || ' should not exist');
create function hasnt_rightop(name, name, text) returns text language sql
    return ok(not tap_operator($1, null, $2, null, null), $3);
create function hasnt_rightop(name, name) returns text language sql
    return hasnt_rightop($1, $2,
        'Right operator ' || tap_operator_named($1, null, $2, null, null) || ' should not exist');

create function tap_opclass(home name, item name) returns boolean language sql stable
    return exists (
        select from pg_catalog.pg_opclass as o join pg_catalog.pg_namespace as n on n.oid = o.opcnamespace
        where o.opcname = item
            and case when home is null then pg_catalog.pg_opclass_is_visible(o.oid) else n.nspname = home end
    );
create function has_opclass(name, name, text) returns text language sql return ok(tap_opclass($1, $2), $3);
create function has_opclass(name, name) returns text language sql
    return has_opclass($1, $2, 'Operator class ' || tap_named($1, $2) || ' should exist');
create function has_opclass(name, text) returns text language sql return ok(tap_opclass(null, $1), $2);
create function has_opclass(name) returns text language sql
    return has_opclass($1, 'Operator class ' || pg_catalog.quote_ident($1) || ' should exist');
create function hasnt_opclass(name, name, text) returns text language sql return ok(not tap_opclass($1, $2), $3);
create function hasnt_opclass(name, name) returns text language sql
    return hasnt_opclass($1, $2, 'Operator class ' || tap_named($1, $2) || ' should not exist');
create function hasnt_opclass(name, text) returns text language sql return ok(not tap_opclass(null, $1), $2);
create function hasnt_opclass(name) returns text language sql
    return hasnt_opclass($1, 'Operator class ' || pg_catalog.quote_ident($1) || ' should not exist');

create function tap_rule(home name, relation name, item name) returns pg_catalog.pg_rewrite language sql stable
begin atomic
    select r from pg_catalog.pg_rewrite as r where r.ev_class = tap_table(home, relation) and r.rulename = item;
end;
create function tap_rule_named(home name, relation name, item name) returns text language sql immutable
    return 'Rule ' || pg_catalog.quote_ident(item) || ' on relation ' || tap_named(home, relation)
        || ' should be an INSTEAD rule';
create function rule_is_instead(name, name, name, text) returns text language sql
    return case when (tap_rule($1, $2, $3)).oid is null
        then tap_line(false, $4, '    Rule ' || pg_catalog.quote_ident($3) || ' does not exist')
        else ok((tap_rule($1, $2, $3)).is_instead, $4) end;
create function rule_is_instead(name, name, name) returns text language sql
    return rule_is_instead($1, $2, $3, tap_rule_named($1, $2, $3));
create function rule_is_instead(name, name, text) returns text language sql
    return rule_is_instead(null, $1, $2, $3);
create function rule_is_instead(name, name) returns text language sql
    return rule_is_instead(null, $1, $2, tap_rule_named(null, $1, $2));
create function tap_event(text) returns text language sql immutable
    return case pg_catalog.lower(pg_catalog.left($1, 1))
        when 's' then 'SELECT' when '1' then 'SELECT' when 'i' then 'INSERT' when '3' then 'INSERT'
        when 'u' then 'UPDATE' when '2' then 'UPDATE' when 'd' then 'DELETE' when '4' then 'DELETE'
        else pg_catalog.upper($1) end;
create function tap_rule_on(home name, relation name, item name, wanted text,
    description text) returns text language sql
    return case when (tap_rule(home, relation, item)).oid is null
        then tap_line(false, description, '    Rule ' || pg_catalog.quote_ident(item) || ' does not exist on '
            || tap_named(home, relation))
        else tap_is(tap_event((tap_rule(home, relation, item)).ev_type::text) = tap_event(wanted),
            tap_event((tap_rule(home, relation, item)).ev_type::text), tap_event(wanted), description) end;
create function rule_is_on(name, name, name, text, text) returns text language sql
    return tap_rule_on($1, $2, $3, $4, $5);
create function rule_is_on(name, name, name, text) returns text language sql
    return tap_rule_on($1, $2, $3, $4, 'Rule ' || pg_catalog.quote_ident($3) || ' should be on ' || tap_event($4)
        || ' to ' || tap_named($1, $2));
create function rule_is_on(name, name, text, text) returns text language sql
    return tap_rule_on(null, $1, $2, $3, $4);
create function rule_is_on(name, name, text) returns text language sql
    return tap_rule_on(null, $1, $2, $3, 'Rule ' || pg_catalog.quote_ident($2) || ' should be on ' || tap_event($3)
        || ' to ' || pg_catalog.quote_ident($1));

create function language_is_trusted(name, text) returns text language sql
begin atomic
    select case
        when s.trusted is null
            then tap_line(false, $2, '    Procedural language ' || pg_catalog.quote_ident($1) || ' does not exist')
        else ok(s.trusted, $2)
    end
    from (select (select l.lanpltrusted from pg_catalog.pg_language as l where l.lanname = $1) as trusted) as s;
end;
create function language_is_trusted(name) returns text language sql
    return language_is_trusted($1, 'Procedural language ' || pg_catalog.quote_ident($1) || ' should be trusted');

create function performs_within(text, numeric, numeric, integer, text) returns text language plpgsql as $$
declare
    query constant text := @extschema@.tap_query($1);
    began timestamptz;
    average numeric;
begin
    began := pg_catalog.clock_timestamp();
    for time in 1 .. $4 loop
        execute query;
    end loop;
    average := extract(epoch from pg_catalog.clock_timestamp() - began) * 1000 / $4;
    return @extschema@.tap_line(average between $2 - $3 and $2 + $3, $5,
        ' average runtime: ' || pg_catalog.trim_scale(average) || ' ms' || E'\n desired average: ' || $2
            || ' +/- ' || $3
            || ' ms');
end
$$;
create function performs_within(text, numeric, numeric, integer) returns text language sql
    return performs_within($1, $2, $3, $4, 'Should run within ' || $2 || ' +/- ' || $3 || ' ms');
create function performs_within(text, numeric, numeric, text) returns text language sql
    return performs_within($1, $2, $3, 10, $4);
create function performs_within(text, numeric, numeric) returns text language sql
    return performs_within($1, $2, $3, 10);
