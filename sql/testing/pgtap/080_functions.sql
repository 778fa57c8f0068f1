-- Functions: there or not, what they return, are written in, and run as.

create function tap_types_of(wanted name[]) returns oid[] language sql stable
    return array(
        select coalesce(pg_catalog.to_regtype(pg_catalog.regexp_replace(w.item::text, '\([^)]*\)', ''))::oid, 0::oid)
        from pg_catalog.unnest(wanted) with ordinality as w (item, place) order by w.place
    );
-- The functions of a name; with arguments, those that take exactly these.
create function tap_functions(home name, item name, arguments name[]) returns setof pg_catalog.pg_proc
language sql stable
begin atomic
    select p.* from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where p.proname = item
        and case when home is null then pg_catalog.pg_function_is_visible(p.oid) else n.nspname = home end
        and (arguments is null or array(select pg_catalog.unnest(p.proargtypes)) = tap_types_of(arguments));
end;
create function tap_call(home name, item name, arguments name[]) returns text language sql immutable
    return tap_named(home, item) || '(' || coalesce(pg_catalog.array_to_string(arguments, ', '), '') || ')';

create function has_function(name, name, name[], text) returns text language sql
    return ok(exists (select from tap_functions($1, $2, $3)), $4);
create function has_function(name, name, name[]) returns text language sql
    return has_function($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should exist');
create function has_function(name, name, text) returns text language sql
    return ok(exists (select from tap_functions($1, $2, null)), $3);
create function has_function(name, name) returns text language sql
    return has_function($1, $2, 'Function ' || tap_call($1, $2, null) || ' should exist');
create function has_function(name, name[], text) returns text language sql
    return ok(exists (select from tap_functions(null, $1, $2)), $3);
create function has_function(name, name[]) returns text language sql
    return has_function($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should exist');
create function has_function(name, text) returns text language sql
    return ok(exists (select from tap_functions(null, $1, null)), $2);
create function has_function(name) returns text language sql
    return has_function($1, 'Function ' || tap_call(null, $1, null) || ' should exist');
create function hasnt_function(name, name, name[], text) returns text language sql
    return ok(not exists (select from tap_functions($1, $2, $3)), $4);
create function hasnt_function(name, name, name[]) returns text language sql
    return hasnt_function($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should not exist');
create function hasnt_function(name, name, text) returns text language sql
    return ok(not exists (select from tap_functions($1, $2, null)), $3);
create function hasnt_function(name, name) returns text language sql
    return hasnt_function($1, $2, 'Function ' || tap_call($1, $2, null) || ' should not exist');
create function hasnt_function(name, name[], text) returns text language sql
    return ok(not exists (select from tap_functions(null, $1, $2)), $3);
create function hasnt_function(name, name[]) returns text language sql
    return hasnt_function($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should not exist');
create function hasnt_function(name, text) returns text language sql
    return ok(not exists (select from tap_functions(null, $1, null)), $2);
create function hasnt_function(name) returns text language sql
    return hasnt_function($1, 'Function ' || tap_call(null, $1, null) || ' should not exist');

create function tap_missing(home name, names name[], description text) returns text language sql
begin atomic
    select tap_line(s.missing is null, description, s.missing)
    from (
        select pg_catalog.string_agg('    ' || tap_named(home, w.item)
            || '() missing', E'\n' order by w.place) as missing
        from pg_catalog.unnest(names) with ordinality as w (item, place)
        where not exists (select from tap_functions(home, w.item, null))
    ) as s;
end;
create function can(name, name[], text) returns text language sql return tap_missing($1, $2, $3);
create function can(name, name[]) returns text language sql
    return tap_missing($1, $2, 'Schema ' || pg_catalog.quote_ident($1) || ' can');
create function can(name[], text) returns text language sql return tap_missing(null, $1, $2);
create function can(name[]) returns text language sql
    return tap_missing(null, $1,
        'Schema ' || pg_catalog.array_to_string(pg_catalog.current_schemas(true), ' or ') || ' can');

-- An assertion about a text that functions have in common; null where there is no such function.
create function tap_of_function(home name, item name, arguments name[], have text, want text, description text)
returns text language sql
    return case when have is null
        then tap_line(false, description, '    Function ' || tap_call(home, item, arguments) || ' does not exist')
        else tap_is(have = want, have, want, description) end;
create function tap_language(name, name, name[]) returns text language sql stable
    return (
        select l.lanname::text from tap_functions($1, $2, $3) as p
        join pg_catalog.pg_language as l on l.oid = p.prolang limit 1
    );
create function tap_returns(name, name, name[]) returns text language sql stable
    return (
        select case when p.proretset then 'setof ' else '' end || pg_catalog.format_type(p.prorettype, null)
        from tap_functions($1, $2, $3) as p limit 1
    );
create function tap_volatility(name, name, name[]) returns text language sql stable
    return (
        select case p.provolatile when 'i' then 'IMMUTABLE' when 's' then 'STABLE' else 'VOLATILE' end
        from tap_functions($1, $2, $3) as p limit 1
    );
create function tap_volatile(text) returns text language sql immutable
    return case when $1 ilike 'i%' then 'IMMUTABLE' when $1 ilike 's%' then 'STABLE' when $1 ilike 'v%' then 'VOLATILE'
        else $1 end;
create function tap_return(text) returns text language sql stable
    return case when $1 ~* '^setof ' then 'setof '
        || coalesce(tap_spelled(pg_catalog.substr($1, 7)), pg_catalog.substr($1, 7))
        else coalesce(tap_spelled($1), $1) end;
create function function_lang_is(name, name, name[], name, text) returns text language sql
    return tap_of_function($1, $2, $3, tap_language($1, $2, $3), $4::text, $5);
create function function_lang_is(name, name, name[], name) returns text language sql
    return function_lang_is($1, $2, $3, $4, 'Function ' || tap_call($1, $2, $3) || ' should be written in '
        || pg_catalog.quote_ident($4));
create function function_lang_is(name, name, name, text) returns text language sql
    return tap_of_function($1, $2, null, tap_language($1, $2, null), $3::text, $4);
create function function_lang_is(name, name, name) returns text language sql
    return function_lang_is($1, $2, $3, 'Function ' || tap_call($1, $2, null) || ' should be written in '
        || pg_catalog.quote_ident($3));
create function function_lang_is(name, name[], name, text) returns text language sql
    return tap_of_function(null, $1, $2, tap_language(null, $1, $2), $3::text, $4);
create function function_lang_is(name, name[], name) returns text language sql
    return function_lang_is($1, $2, $3, 'Function ' || tap_call(null, $1, $2) || ' should be written in '
        || pg_catalog.quote_ident($3));
create function function_lang_is(name, name, text) returns text language sql
    return tap_of_function(null, $1, null, tap_language(null, $1, null), $2::text, $3);
create function function_lang_is(name, name) returns text language sql
    return function_lang_is($1, $2, 'Function ' || tap_call(null, $1, null) || ' should be written in '
        || pg_catalog.quote_ident($2));
create function function_returns(name, name, name[], text, text) returns text language sql
    return tap_of_function($1, $2, $3, tap_returns($1, $2, $3), tap_return($4), $5);
create function function_returns(name, name, name[], text) returns text language sql
    return function_returns($1, $2, $3, $4, 'Function ' || tap_call($1, $2, $3) || ' should return ' || $4);
create function function_returns(name, name, text, text) returns text language sql
    return tap_of_function($1, $2, null, tap_returns($1, $2, null), tap_return($3), $4);
create function function_returns(name, name, text) returns text language sql
    return function_returns($1, $2, $3, 'Function ' || tap_call($1, $2, null) || ' should return ' || $3);
create function function_returns(name, name[], text, text) returns text language sql
    return tap_of_function(null, $1, $2, tap_returns(null, $1, $2), tap_return($3), $4);
create function function_returns(name, name[], text) returns text language sql
    return function_returns($1, $2, $3, 'Function ' || tap_call(null, $1, $2) || ' should return ' || $3);
create function function_returns(name, text, text) returns text language sql
    return tap_of_function(null, $1, null, tap_returns(null, $1, null), tap_return($2), $3);
create function function_returns(name, text) returns text language sql
    return function_returns($1, $2, 'Function ' || tap_call(null, $1, null) || ' should return ' || $2);
create function volatility_is(name, name, name[], text, text) returns text language sql
    return tap_of_function($1, $2, $3, tap_volatility($1, $2, $3), tap_volatile($4), $5);
create function volatility_is(name, name, name[], text) returns text language sql
    return volatility_is($1, $2, $3, $4, 'Function ' || tap_call($1, $2, $3) || ' should be ' || tap_volatile($4));
create function volatility_is(name, name, text, text) returns text language sql
    return tap_of_function($1, $2, null, tap_volatility($1, $2, null), tap_volatile($3), $4);
create function volatility_is(name, name, text) returns text language sql
    return volatility_is($1, $2, $3, 'Function ' || tap_call($1, $2, null) || ' should be ' || tap_volatile($3));
create function volatility_is(name, name[], text, text) returns text language sql
    return tap_of_function(null, $1, $2, tap_volatility(null, $1, $2), tap_volatile($3), $4);
create function volatility_is(name, name[], text) returns text language sql
    return volatility_is($1, $2, $3, 'Function ' || tap_call(null, $1, $2) || ' should be ' || tap_volatile($3));
create function volatility_is(name, text, text) returns text language sql
    return tap_of_function(null, $1, null, tap_volatility(null, $1, null), tap_volatile($2), $3);
create function volatility_is(name, text) returns text language sql
    return volatility_is($1, $2, 'Function ' || tap_call(null, $1, null) || ' should be ' || tap_volatile($2));

create function tap_of_kind(home name, item name, arguments name[], passed boolean, description text)
returns text language sql
    return case when passed is null
        then tap_line(false, description, '    Function ' || tap_call(home, item, arguments) || ' does not exist')
        else ok(passed, description) end;
create function tap_definer(name, name, name[]) returns boolean language sql stable
    return (select pg_catalog.bool_and(p.prosecdef) from tap_functions($1, $2, $3) as p);
create function is_definer(name, name, name[], text) returns text language sql
    return ok(tap_definer($1, $2, $3), $4);
create function is_definer(name, name, name[]) returns text language sql
    return is_definer($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should be security definer');
create function is_definer(name, name, text) returns text language sql
    return ok(tap_definer($1, $2, null), $3);
create function is_definer(name, name) returns text language sql
    return is_definer($1, $2, 'Function ' || tap_call($1, $2, null) || ' should be security definer');
create function is_definer(name, name[], text) returns text language sql
    return ok(tap_definer(null, $1, $2), $3);
create function is_definer(name, name[]) returns text language sql
    return is_definer($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should be security definer');
create function is_definer(name, text) returns text language sql
    return ok(tap_definer(null, $1, null), $2);
create function is_definer(name) returns text language sql
    return is_definer($1, 'Function ' || tap_call(null, $1, null) || ' should be security definer');
create function isnt_definer(name, name, name[], text) returns text language sql
    return ok(not tap_definer($1, $2, $3), $4);
create function isnt_definer(name, name, name[]) returns text language sql
    return isnt_definer($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should not be security definer');
create function isnt_definer(name, name, text) returns text language sql
    return ok(not tap_definer($1, $2, null), $3);
create function isnt_definer(name, name) returns text language sql
    return isnt_definer($1, $2, 'Function ' || tap_call($1, $2, null) || ' should not be security definer');
create function isnt_definer(name, name[], text) returns text language sql
    return ok(not tap_definer(null, $1, $2), $3);
create function isnt_definer(name, name[]) returns text language sql
    return isnt_definer($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should not be security definer');
create function isnt_definer(name, text) returns text language sql
    return ok(not tap_definer(null, $1, null), $2);
create function isnt_definer(name) returns text language sql
    return isnt_definer($1, 'Function ' || tap_call(null, $1, null) || ' should not be security definer');
create function tap_strict(name, name, name[]) returns boolean language sql stable
    return (select pg_catalog.bool_and(p.proisstrict) from tap_functions($1, $2, $3) as p);
create function is_strict(name, name, name[], text) returns text language sql
    return ok(tap_strict($1, $2, $3), $4);
create function is_strict(name, name, name[]) returns text language sql
    return is_strict($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should be strict');
create function is_strict(name, name, text) returns text language sql
    return ok(tap_strict($1, $2, null), $3);
create function is_strict(name, name) returns text language sql
    return is_strict($1, $2, 'Function ' || tap_call($1, $2, null) || ' should be strict');
create function is_strict(name, name[], text) returns text language sql
    return ok(tap_strict(null, $1, $2), $3);
create function is_strict(name, name[]) returns text language sql
    return is_strict($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should be strict');
create function is_strict(name, text) returns text language sql
    return ok(tap_strict(null, $1, null), $2);
create function is_strict(name) returns text language sql
    return is_strict($1, 'Function ' || tap_call(null, $1, null) || ' should be strict');
create function isnt_strict(name, name, name[], text) returns text language sql
    return ok(not tap_strict($1, $2, $3), $4);
create function isnt_strict(name, name, name[]) returns text language sql
    return isnt_strict($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should not be strict');
create function isnt_strict(name, name, text) returns text language sql
    return ok(not tap_strict($1, $2, null), $3);
create function isnt_strict(name, name) returns text language sql
    return isnt_strict($1, $2, 'Function ' || tap_call($1, $2, null) || ' should not be strict');
create function isnt_strict(name, name[], text) returns text language sql
    return ok(not tap_strict(null, $1, $2), $3);
create function isnt_strict(name, name[]) returns text language sql
    return isnt_strict($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should not be strict');
create function isnt_strict(name, text) returns text language sql
    return ok(not tap_strict(null, $1, null), $2);
create function isnt_strict(name) returns text language sql
    return isnt_strict($1, 'Function ' || tap_call(null, $1, null) || ' should not be strict');
create function tap_aggregate(name, name, name[]) returns boolean language sql stable
    return (select pg_catalog.bool_or(p.prokind = 'a') from tap_functions($1, $2, $3) as p);
create function is_aggregate(name, name, name[], text) returns text language sql
    return tap_of_kind($1, $2, $3, tap_aggregate($1, $2, $3), $4);
create function is_aggregate(name, name, name[]) returns text language sql
    return is_aggregate($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should be an aggregate function');
create function is_aggregate(name, name, text) returns text language sql
    return tap_of_kind($1, $2, null, tap_aggregate($1, $2, null), $3);
create function is_aggregate(name, name) returns text language sql
    return is_aggregate($1, $2, 'Function ' || tap_call($1, $2, null) || ' should be an aggregate function');
create function is_aggregate(name, name[], text) returns text language sql
    return tap_of_kind(null, $1, $2, tap_aggregate(null, $1, $2), $3);
create function is_aggregate(name, name[]) returns text language sql
    return is_aggregate($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should be an aggregate function');
create function is_aggregate(name, text) returns text language sql
    return tap_of_kind(null, $1, null, tap_aggregate(null, $1, null), $2);
create function is_aggregate(name) returns text language sql
    return is_aggregate($1, 'Function ' || tap_call(null, $1, null) || ' should be an aggregate function');
create function isnt_aggregate(name, name, name[], text) returns text language sql
    return tap_of_kind($1, $2, $3, not tap_aggregate($1, $2, $3), $4);
create function isnt_aggregate(name, name, name[]) returns text language sql
    return isnt_aggregate($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should not be an aggregate function');
create function isnt_aggregate(name, name, text) returns text language sql
    return tap_of_kind($1, $2, null, not tap_aggregate($1, $2, null), $3);
create function isnt_aggregate(name, name) returns text language sql
    return isnt_aggregate($1, $2, 'Function ' || tap_call($1, $2, null) || ' should not be an aggregate function');
create function isnt_aggregate(name, name[], text) returns text language sql
    return tap_of_kind(null, $1, $2, not tap_aggregate(null, $1, $2), $3);
create function isnt_aggregate(name, name[]) returns text language sql
    return isnt_aggregate($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should not be an aggregate function');
create function isnt_aggregate(name, text) returns text language sql
    return tap_of_kind(null, $1, null, not tap_aggregate(null, $1, null), $2);
create function isnt_aggregate(name) returns text language sql
    return isnt_aggregate($1, 'Function ' || tap_call(null, $1, null) || ' should not be an aggregate function');
create function tap_window(name, name, name[]) returns boolean language sql stable
    return (select pg_catalog.bool_or(p.prokind = 'w') from tap_functions($1, $2, $3) as p);
create function is_window(name, name, name[], text) returns text language sql
    return tap_of_kind($1, $2, $3, tap_window($1, $2, $3), $4);
create function is_window(name, name, name[]) returns text language sql
    return is_window($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should be a window function');
create function is_window(name, name, text) returns text language sql
    return tap_of_kind($1, $2, null, tap_window($1, $2, null), $3);
create function is_window(name, name) returns text language sql
    return is_window($1, $2, 'Function ' || tap_call($1, $2, null) || ' should be a window function');
create function is_window(name, name[], text) returns text language sql
    return tap_of_kind(null, $1, $2, tap_window(null, $1, $2), $3);
create function is_window(name, name[]) returns text language sql
    return is_window($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should be a window function');
create function is_window(name, text) returns text language sql
    return tap_of_kind(null, $1, null, tap_window(null, $1, null), $2);
create function is_window(name) returns text language sql
    return is_window($1, 'Function ' || tap_call(null, $1, null) || ' should be a window function');
create function isnt_window(name, name, name[], text) returns text language sql
    return tap_of_kind($1, $2, $3, not tap_window($1, $2, $3), $4);
create function isnt_window(name, name, name[]) returns text language sql
    return isnt_window($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should not be a window function');
create function isnt_window(name, name, text) returns text language sql
    return tap_of_kind($1, $2, null, not tap_window($1, $2, null), $3);
create function isnt_window(name, name) returns text language sql
    return isnt_window($1, $2, 'Function ' || tap_call($1, $2, null) || ' should not be a window function');
create function isnt_window(name, name[], text) returns text language sql
    return tap_of_kind(null, $1, $2, not tap_window(null, $1, $2), $3);
create function isnt_window(name, name[]) returns text language sql
    return isnt_window($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should not be a window function');
create function isnt_window(name, text) returns text language sql
    return tap_of_kind(null, $1, null, not tap_window(null, $1, null), $2);
create function isnt_window(name) returns text language sql
    return isnt_window($1, 'Function ' || tap_call(null, $1, null) || ' should not be a window function');
create function tap_procedure(name, name, name[]) returns boolean language sql stable
    return (select pg_catalog.bool_or(p.prokind = 'p') from tap_functions($1, $2, $3) as p);
create function is_procedure(name, name, name[], text) returns text language sql
    return tap_of_kind($1, $2, $3, tap_procedure($1, $2, $3), $4);
create function is_procedure(name, name, name[]) returns text language sql
    return is_procedure($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should be a procedure');
create function is_procedure(name, name, text) returns text language sql
    return tap_of_kind($1, $2, null, tap_procedure($1, $2, null), $3);
create function is_procedure(name, name) returns text language sql
    return is_procedure($1, $2, 'Function ' || tap_call($1, $2, null) || ' should be a procedure');
create function is_procedure(name, name[], text) returns text language sql
    return tap_of_kind(null, $1, $2, tap_procedure(null, $1, $2), $3);
create function is_procedure(name, name[]) returns text language sql
    return is_procedure($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should be a procedure');
create function is_procedure(name, text) returns text language sql
    return tap_of_kind(null, $1, null, tap_procedure(null, $1, null), $2);
create function is_procedure(name) returns text language sql
    return is_procedure($1, 'Function ' || tap_call(null, $1, null) || ' should be a procedure');
create function isnt_procedure(name, name, name[], text) returns text language sql
    return tap_of_kind($1, $2, $3, not tap_procedure($1, $2, $3), $4);
create function isnt_procedure(name, name, name[]) returns text language sql
    return isnt_procedure($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should not be a procedure');
create function isnt_procedure(name, name, text) returns text language sql
    return tap_of_kind($1, $2, null, not tap_procedure($1, $2, null), $3);
create function isnt_procedure(name, name) returns text language sql
    return isnt_procedure($1, $2, 'Function ' || tap_call($1, $2, null) || ' should not be a procedure');
create function isnt_procedure(name, name[], text) returns text language sql
    return tap_of_kind(null, $1, $2, not tap_procedure(null, $1, $2), $3);
create function isnt_procedure(name, name[]) returns text language sql
    return isnt_procedure($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should not be a procedure');
create function isnt_procedure(name, text) returns text language sql
    return tap_of_kind(null, $1, null, not tap_procedure(null, $1, null), $2);
create function isnt_procedure(name) returns text language sql
    return isnt_procedure($1, 'Function ' || tap_call(null, $1, null) || ' should not be a procedure');
create function tap_normal_function(name, name, name[]) returns boolean language sql stable
    return (select pg_catalog.bool_or(p.prokind = 'f') from tap_functions($1, $2, $3) as p);
create function is_normal_function(name, name, name[], text) returns text language sql
    return tap_of_kind($1, $2, $3, tap_normal_function($1, $2, $3), $4);
create function is_normal_function(name, name, name[]) returns text language sql
    return is_normal_function($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should be a normal function');
create function is_normal_function(name, name, text) returns text language sql
    return tap_of_kind($1, $2, null, tap_normal_function($1, $2, null), $3);
create function is_normal_function(name, name) returns text language sql
    return is_normal_function($1, $2, 'Function ' || tap_call($1, $2, null) || ' should be a normal function');
create function is_normal_function(name, name[], text) returns text language sql
    return tap_of_kind(null, $1, $2, tap_normal_function(null, $1, $2), $3);
create function is_normal_function(name, name[]) returns text language sql
    return is_normal_function($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should be a normal function');
create function is_normal_function(name, text) returns text language sql
    return tap_of_kind(null, $1, null, tap_normal_function(null, $1, null), $2);
create function is_normal_function(name) returns text language sql
    return is_normal_function($1, 'Function ' || tap_call(null, $1, null) || ' should be a normal function');
create function isnt_normal_function(name, name, name[], text) returns text language sql
    return tap_of_kind($1, $2, $3, not tap_normal_function($1, $2, $3), $4);
create function isnt_normal_function(name, name, name[]) returns text language sql
    return isnt_normal_function($1, $2, $3, 'Function ' || tap_call($1, $2, $3) || ' should not be a normal function');
create function isnt_normal_function(name, name, text) returns text language sql
    return tap_of_kind($1, $2, null, not tap_normal_function($1, $2, null), $3);
create function isnt_normal_function(name, name) returns text language sql
    return isnt_normal_function($1, $2, 'Function ' || tap_call($1, $2, null) || ' should not be a normal function');
create function isnt_normal_function(name, name[], text) returns text language sql
    return tap_of_kind(null, $1, $2, not tap_normal_function(null, $1, $2), $3);
create function isnt_normal_function(name, name[]) returns text language sql
    return isnt_normal_function($1, $2, 'Function ' || tap_call(null, $1, $2) || ' should not be a normal function');
create function isnt_normal_function(name, text) returns text language sql
    return tap_of_kind(null, $1, null, not tap_normal_function(null, $1, null), $2);
create function isnt_normal_function(name) returns text language sql
    return isnt_normal_function($1, 'Function ' || tap_call(null, $1, null) || ' should not be a normal function');
