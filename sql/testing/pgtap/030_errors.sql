-- Statements that run, fail or take their time. A statement is SQL, or the name of one that was prepared.

create function tap_query(query text) returns text language sql immutable
    return case when query ~ '^\s*"' or query !~ '\s' then 'execute ' || query else query end;

-- The error of a statement, or null: SQLSTATE, message, and what else the server said of it.
create function tap_try(statement text) returns text[] language plpgsql as $$
declare
    state text;
    said text;
    detail text;
    hint text;
    place_schema text;
    place_table text;
    place_column text;
    place_constraint text;
    place_type text;
    context text;
begin
    execute statement;
    return null;
exception
    when others or assert_failure then
        get stacked diagnostics
            state = returned_sqlstate, said = message_text, detail = pg_exception_detail, hint = pg_exception_hint,
            context = pg_exception_context, place_schema = schema_name, place_table = table_name,
            place_column = column_name, place_constraint = constraint_name, place_type = pg_datatype_name;
        return array[
            state, said,
            coalesce(E'\n        DETAIL:     ' || nullif(detail, ''), '')
            || coalesce(E'\n        HINT:       ' || nullif(hint, ''), '')
            || coalesce(E'\n        SCHEMA:     ' || nullif(place_schema, ''), '')
            || coalesce(E'\n        TABLE:      ' || nullif(place_table, ''), '')
            || coalesce(E'\n        COLUMN:     ' || nullif(place_column, ''), '')
            || coalesce(E'\n        CONSTRAINT: ' || nullif(place_constraint, ''), '')
            || coalesce(E'\n        TYPE:       ' || nullif(place_type, ''), '')
            || coalesce(E'\n        CONTEXT:\n            '
                || pg_catalog.replace(pg_catalog.regexp_replace(
                    nullif(context, ''), '\n?PL/pgSQL function (\S*\.)?tap_try.*$', ''
                ), E'\n', E'\n            '), '')
        ];
end
$$;

create function lives_ok(text, text) returns text language sql
begin atomic
    select tap_line(s.error is null, $2, '    died: ' || s.error[1] || ': ' || s.error[2] || s.error[3])
    from (select tap_try(tap_query($1)) as error) as s;
end;
create function lives_ok(text) returns text language sql return lives_ok($1, null::text);

create function throws_ok(text, char(5), text, text) returns text language sql
begin atomic
    select tap_line(
        s.error is not null and ($2 is null or s.error[1] = $2::text) and ($3 is null or s.error[2] = $3),
        coalesce($4, 'threw ' || coalesce($2::text || coalesce(': ' || $3, ''), $3, 'an exception')),
        '      caught: ' || coalesce(s.error[1] || ': ' || s.error[2], 'no exception')
            || E'\n      wanted: ' || coalesce($2::text, 'an exception')
            || case when s.error is null then '' else coalesce(': ' || $3, '') end
    )
    from (select tap_try(tap_query($1)) as error) as s;
end;
-- Five bytes are a SQLSTATE, anything else a message.
create function throws_ok(text, text, text) returns text language sql
    return case when pg_catalog.octet_length($2) = 5 then throws_ok($1, $2::char(5), $3, null::text)
        else throws_ok($1, null::char(5), $2, $3) end;
create function throws_ok(text, text) returns text language sql
    return case when pg_catalog.octet_length($2) = 5 then throws_ok($1, $2::char(5), null::text, null::text)
        else throws_ok($1, null::char(5), $2, null::text) end;
create function throws_ok(text) returns text language sql
    return throws_ok($1, null::char(5), null::text, null::text);
create function throws_ok(text, integer, text, text) returns text language sql
    return throws_ok($1, $2::char(5), $3, $4);
create function throws_ok(text, integer, text) returns text language sql
    return throws_ok($1, $2::char(5), $3, null::text);
create function throws_ok(text, integer) returns text language sql
    return throws_ok($1, $2::char(5), null::text, null::text);

create function tap_throws(statement text, want text, kind text, description text) returns text language sql
begin atomic
    select tap_line(
        coalesce(case kind
            when 'like' then s.error[2] ~~ want
            when 'ilike' then s.error[2] ~~* want
            when 'matching' then s.error[2] ~ want
            else s.error[2] ~* want
        end, false),
        description,
        case when s.error is null then '    no exception thrown'
            else '   error message: ' || pg_catalog.quote_literal(s.error[2])
                || E'\n   doesn''t match: ' || pg_catalog.quote_literal(want) end
    )
    from (select tap_try(tap_query(statement)) as error) as s;
end;
create function throws_like(text, text, text) returns text language sql
    return tap_throws($1, $2, 'like', $3);
create function throws_like(text, text) returns text language sql
    return throws_like($1, $2, 'Should throw exception like ' || pg_catalog.quote_literal($2));
create function throws_ilike(text, text, text) returns text language sql
    return tap_throws($1, $2, 'ilike', $3);
create function throws_ilike(text, text) returns text language sql
    return throws_ilike($1, $2, 'Should throw exception like ' || pg_catalog.quote_literal($2));
create function throws_matching(text, text, text) returns text language sql
    return tap_throws($1, $2, 'matching', $3);
create function throws_matching(text, text) returns text language sql
    return throws_matching($1, $2, 'Should throw exception matching ' || pg_catalog.quote_literal($2));
create function throws_imatching(text, text, text) returns text language sql
    return tap_throws($1, $2, 'imatching', $3);
create function throws_imatching(text, text) returns text language sql
    return throws_imatching($1, $2, 'Should throw exception matching ' || pg_catalog.quote_literal($2));

create function performs_ok(text, numeric, text) returns text language plpgsql as $$
declare
    began constant timestamptz := pg_catalog.clock_timestamp();
    took numeric;
begin
    execute @extschema@.tap_query($1);
    took := extract(epoch from pg_catalog.clock_timestamp() - began) * 1000;
    return @extschema@.tap_line(took <= $2, $3,
        '      runtime: ' || pg_catalog.trim_scale(took) || E' ms\n      exceeds: ' || $2 || ' ms');
end
$$;
create function performs_ok(text, numeric) returns text language sql
    return performs_ok($1, $2, 'Should run in less than ' || $2 || ' ms');
