-- pgtap: schema = current, fixed = no, relocatable = yes, version = 1.3.3, runs = yes
-- Tests that print TAP. A stand-in with the assertions about values, rows, errors and the presence of objects; numbers
-- and failures are counted in settings of the session, so they do not go back with a transaction's savepoint.
-- Left out: the assertions about privileges, policies, types and settings of objects, todo, skip, and runtests.
-- The functions named tap_* are the stand-in's own.

create function tap_setting(name text) returns integer language sql stable
    return coalesce(nullif(current_setting('pgtap.' || name, true), ''), '0')::integer;

create function tap_set(name text, value integer) returns text language sql
    return set_config('pgtap.' || name, value::text, false);

create function diag(msg text) returns text language sql immutable strict
    return regexp_replace(msg, '^', '# ', 'gn');

create function plan(integer) returns text language sql
begin atomic
    select '1..' || $1
    from (
        select tap_set('planned', $1) || tap_set('run', 0) || tap_set('failed', 0) as done
    ) as s
    where s.done is not null;
end;

create function no_plan() returns setof boolean language sql
begin atomic
    select true from (select tap_set('planned', 0) || tap_set('run', 0) || tap_set('failed', 0) as done) as s
    where s.done is null;
end;

create function tap_line(passed boolean, description text, explanation text) returns text language sql
begin atomic
    select case when passed then '' else 'not ' end || 'ok ' || s.number
        || case when coalesce(description, '') = '' then '' else ' - ' || description end
        || case when passed then '' else
            E'\n' || diag('Failed test ' || s.number
                || case when coalesce(description, '') = '' then '' else ': "' || description || '"' end)
            || case when explanation is null then '' else E'\n' || diag(explanation) end
        end
    from (
        select tap_set('run', tap_setting('run') + 1)::integer as number,
            tap_set('failed', tap_setting('failed') + case when passed then 0 else 1 end) as failed
    ) as s;
end;

create function ok(boolean, text) returns text language sql
    return tap_line(coalesce($1, false), $2, case when $1 is null then '    (test result was NULL)' end);
create function ok(boolean) returns text language sql return ok($1, null::text);
create function pass(text) returns text language sql return ok(true, $1);
create function pass() returns text language sql return ok(true, null::text);
create function fail(text) returns text language sql return ok(false, $1);
create function fail() returns text language sql return ok(false, null::text);

create function tap_is(passed boolean, have text, want text, description text) returns text language sql
    return tap_line(passed, description,
        '        have: ' || coalesce(have, 'NULL') || E'\n        want: ' || want);

-- Functions of any type cannot have a body that Postgres binds to its names, so these look for their home when called.
create function "is"(have anyelement, want anyelement, description text default null)
    returns text language plpgsql as $$
declare
    line text;
    home constant name := (
        select n.nspname from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where e.extname = 'pgtap'
    );
begin
    execute format('select %I.%I($1, $2, $3, $4)', home, 'tap_is') into line
        using have is not distinct from want, have::text, coalesce(want::text, 'NULL'), description;
    return line;
end
$$;
create function isnt(have anyelement, want anyelement, description text default null)
    returns text language plpgsql as $$
declare
    line text;
    home constant name := (
        select n.nspname from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where e.extname = 'pgtap'
    );
begin
    execute format('select %I.%I($1, $2, $3, $4)', home, 'tap_is') into line
        using have is distinct from want, have::text, 'anything else', description;
    return line;
end
$$;

create function tap_match(have text, want text, matched boolean, verb text, description text)
    returns text language sql
    return tap_line(coalesce(matched, false), description,
        '                  ' || coalesce(quote_literal(have), 'NULL')
            || E'\n   ' || verb || ': ' || coalesce(quote_literal(want), 'NULL'));
create function matches(have anyelement, want text, description text default null) returns text language plpgsql as $$
declare
    line text;
    home constant name := (
        select n.nspname from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where e.extname = 'pgtap'
    );
begin
    execute format('select %I.%I($1, $2, $3, $4, $5)', home, 'tap_match') into line
        using have::text, want, have::text ~ want, 'doesn''t match', description;
    return line;
end
$$;
create function imatches(have anyelement, want text, description text default null) returns text language plpgsql as $$
declare
    line text;
    home constant name := (
        select n.nspname from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where e.extname = 'pgtap'
    );
begin
    execute format('select %I.%I($1, $2, $3, $4, $5)', home, 'tap_match') into line
        using have::text, want, have::text ~* want, 'doesn''t match', description;
    return line;
end
$$;
create function doesnt_match(have anyelement, want text, description text default null)
    returns text language plpgsql as $$
declare
    line text;
    home constant name := (
        select n.nspname from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where e.extname = 'pgtap'
    );
begin
    execute format('select %I.%I($1, $2, $3, $4, $5)', home, 'tap_match') into line
        using have::text, want, have::text !~ want, 'matches', description;
    return line;
end
$$;
create function alike(have anyelement, want text, description text default null) returns text language plpgsql as $$
declare
    line text;
    home constant name := (
        select n.nspname from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where e.extname = 'pgtap'
    );
begin
    execute format('select %I.%I($1, $2, $3, $4, $5)', home, 'tap_match') into line
        using have::text, want, have::text ~~ want, 'doesn''t match', description;
    return line;
end
$$;
create function ialike(have anyelement, want text, description text default null) returns text language plpgsql as $$
declare
    line text;
    home constant name := (
        select n.nspname from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where e.extname = 'pgtap'
    );
begin
    execute format('select %I.%I($1, $2, $3, $4, $5)', home, 'tap_match') into line
        using have::text, want, have::text ~~* want, 'doesn''t match', description;
    return line;
end
$$;
create function unalike(have anyelement, want text, description text default null) returns text language plpgsql as $$
declare
    line text;
    home constant name := (
        select n.nspname from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where e.extname = 'pgtap'
    );
begin
    execute format('select %I.%I($1, $2, $3, $4, $5)', home, 'tap_match') into line
        using have::text, want, have::text !~~ want, 'matches', description;
    return line;
end
$$;

create function tap_query(query text) returns text language sql stable
    return case when query ~ '\s' then query
        else 'execute ' || query end;

create function tap_try(statement text) returns text[] language plpgsql as $$
begin
    execute statement;
    return null;
exception
    when others then return array[sqlstate, sqlerrm];
end
$$;

create function tap_rows(query text) returns text[] language plpgsql as $$
declare
    found text[] := '{}';
    line record;
begin
    for line in execute query loop
        found := found || line::text;
    end loop;
    return found;
end
$$;

create function lives_ok(text, text) returns text language sql
begin atomic
    select tap_line(s.error is null, $2, '    died: ' || s.error[1] || ': ' || s.error[2])
    from (select tap_try(tap_query($1)) as error) as s;
end;
create function lives_ok(text) returns text language sql return lives_ok($1, null::text);

create function throws_ok(text, char(5), text, text) returns text language sql
begin atomic
    select tap_line(
        s.error is not null and ($2 is null or s.error[1] = $2) and ($3 is null or s.error[2] = $3),
        coalesce($4, 'threw ' || coalesce($2::text, 'an exception')),
        '      caught: ' || coalesce(s.error[1] || ': ' || s.error[2], 'no exception')
            || E'\n      wanted: ' || coalesce($2::text, 'an exception') || coalesce(': ' || $3, '')
    )
    from (select tap_try(tap_query($1)) as error) as s;
end;
create function throws_ok(text, text, text) returns text language sql
    return case when octet_length($2) = 5 then throws_ok($1, $2::char(5), $3, null::text)
        else throws_ok($1, null::char(5), $2, $3) end;
create function throws_ok(text, text) returns text language sql
    return case when octet_length($2) = 5 then throws_ok($1, $2::char(5), null::text, null::text)
        else throws_ok($1, null::char(5), $2, null::text) end;
create function throws_ok(text) returns text language sql
    return throws_ok($1, null::char(5), null::text, null::text);
create function throws_ok(text, int4, text, text) returns text language sql
    return throws_ok($1, $2::char(5), $3, $4);
create function throws_ok(text, int4, text) returns text language sql
    return throws_ok($1, $2::char(5), $3, null::text);
create function throws_ok(text, int4) returns text language sql
    return throws_ok($1, $2::char(5), null::text, null::text);

create function throws_like(text, text, text) returns text language sql
begin atomic
    select tap_match(s.error[2], $2, s.error[2] ~~ $2, 'doesn''t match', $3)
    from (select tap_try(tap_query($1)) as error) as s;
end;
create function throws_like(text, text) returns text language sql return throws_like($1, $2, null::text);
create function throws_matching(text, text, text) returns text language sql
begin atomic
    select tap_match(s.error[2], $2, s.error[2] ~ $2, 'doesn''t match', $3)
    from (select tap_try(tap_query($1)) as error) as s;
end;
create function throws_matching(text, text) returns text language sql return throws_matching($1, $2, null::text);

create function tap_compare(have text[], want text[], description text) returns text language sql
    return tap_line(have = want, description,
        '        have: ' || array_to_string(have, ' ') || E'\n        want: ' || array_to_string(want, ' '));
create function tap_sorted(lines text[]) returns text[] language sql immutable
begin atomic
    select coalesce(array_agg(l order by l), '{}') from unnest(lines) as l;
end;
create function tap_distinct(lines text[]) returns text[] language sql immutable
begin atomic
    select coalesce(array_agg(distinct l order by l), '{}') from unnest(lines) as l;
end;
create function tap_array(query text, want text[], description text) returns text language sql
    return tap_compare(tap_rows(tap_query(query)), want, description);
create function results_eq(text, text, text) returns text language sql
    return tap_compare(tap_rows(tap_query($1)), tap_rows(tap_query($2)), $3);
create function results_eq(text, text) returns text language sql return results_eq($1, $2, null::text);
create function results_eq(query text, want anyarray, description text default null) returns text language plpgsql as $$
declare
    line text;
    home constant name := (
        select n.nspname from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
        where e.extname = 'pgtap'
    );
begin
    execute format('select %I.%I($1, $2, $3)', home, 'tap_array') into line
        using query, array(select row(e)::text from unnest(want) with ordinality as u (e, n) order by n), description;
    return line;
end
$$;
create function bag_eq(text, text, text) returns text language sql
    return tap_compare(tap_sorted(tap_rows(tap_query($1))), tap_sorted(tap_rows(tap_query($2))), $3);
create function bag_eq(text, text) returns text language sql return bag_eq($1, $2, null::text);
create function set_eq(text, text, text) returns text language sql
    return tap_compare(tap_distinct(tap_rows(tap_query($1))), tap_distinct(tap_rows(tap_query($2))), $3);
create function set_eq(text, text) returns text language sql return set_eq($1, $2, null::text);
create function is_empty(text, text) returns text language sql return tap_compare(tap_rows(tap_query($1)), '{}', $2);
create function is_empty(text) returns text language sql return is_empty($1, null::text);
create function isnt_empty(text, text) returns text language sql
    return tap_line(tap_rows(tap_query($1)) <> '{}', $2, '    (no rows)');
create function isnt_empty(text) returns text language sql return isnt_empty($1, null::text);

create function tap_relation(schema name, relation name, kinds text) returns boolean language sql stable
begin atomic
    select exists (
        select from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where c.relname = relation and strpos(kinds, c.relkind::text) > 0
            and case when schema is null then pg_catalog.pg_table_is_visible(c.oid) else n.nspname = schema end
    );
end;
create function tap_attribute(schema name, relation name, attribute name) returns boolean language sql stable
begin atomic
    select exists (
        select from pg_catalog.pg_attribute as a join pg_catalog.pg_class as c on c.oid = a.attrelid
        join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where c.relname = relation and a.attname = attribute and a.attnum > 0 and not a.attisdropped
            and case when schema is null then pg_catalog.pg_table_is_visible(c.oid) else n.nspname = schema end
    );
end;
create function has_schema(name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_namespace where nspname = $1), $2);
create function has_schema(name) returns text language sql
    return has_schema($1, 'Schema ' || quote_ident($1) || ' should exist');
create function has_role(name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_roles where rolname = $1), $2);
create function has_role(name) returns text language sql
    return has_role($1, 'Role ' || quote_ident($1) || ' should exist');
create function has_extension(name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_extension where extname = $1), $2);
create function has_extension(name) returns text language sql
    return has_extension($1, 'Extension ' || quote_ident($1) || ' should exist');
create function has_table(name, name, text) returns text language sql return ok(tap_relation($1, $2, 'rp'), $3);
create function has_table(name, name) returns text language sql
    return has_table($1, $2, 'Table ' || quote_ident($1) || '.' || quote_ident($2) || ' should exist');
create function has_table(name, text) returns text language sql return ok(tap_relation(null, $1, 'rp'), $2);
create function has_table(name) returns text language sql
    return has_table($1, 'Table ' || quote_ident($1) || ' should exist');
create function hasnt_table(name, name, text) returns text language sql return ok(not tap_relation($1, $2, 'rp'), $3);
create function hasnt_table(name, name) returns text language sql
    return hasnt_table($1, $2, 'Table ' || quote_ident($1) || '.' || quote_ident($2) || ' should not exist');
create function has_view(name, name, text) returns text language sql return ok(tap_relation($1, $2, 'v'), $3);
create function has_column(name, name, name, text) returns text language sql return ok(tap_attribute($1, $2, $3), $4);
create function has_column(name, name, text) returns text language sql return ok(tap_attribute(null, $1, $2), $3);
create function has_column(name, name) returns text language sql
    return has_column($1, $2, 'Column ' || quote_ident($1) || '.' || quote_ident($2) || ' should exist');
create function has_function(name, name, text) returns text language sql
    return ok(exists (
        select from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        where n.nspname = $1 and p.proname = $2
    ), $3);
create function has_function(name, name) returns text language sql
    return has_function($1, $2, 'Function ' || quote_ident($1) || '.' || quote_ident($2) || '() should exist');

create function finish(exception_on_failure boolean default null) returns setof text language plpgsql as $$
declare
    planned integer := coalesce(nullif(current_setting('pgtap.planned', true), ''), '0');
    run integer := coalesce(nullif(current_setting('pgtap.run', true), ''), '0');
    failed integer := coalesce(nullif(current_setting('pgtap.failed', true), ''), '0');
begin
    if planned = 0 then
        return next '1..' || run;
    elsif planned <> run then
        return next format('# Looks like you planned %s test%s but ran %s',
            planned, case when planned = 1 then '' else 's' end, run);
    end if;
    if failed > 0 then
        return next format('# Looks like you failed %s test%s of %s',
            failed, case when failed = 1 then '' else 's' end, run);
        if exception_on_failure then
            raise exception '% test% failed of %', failed, case when failed = 1 then '' else 's' end, run;
        end if;
    end if;
end
$$;
