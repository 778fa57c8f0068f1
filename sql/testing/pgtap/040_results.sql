-- What queries return: in order, as sets, as bags, as one row.

create function tap_open(query text) returns refcursor language plpgsql as $$
declare
    result refcursor;
begin
    open result for execute @extschema@.tap_query(query);
    return result;
end
$$;

-- Whether the rows of two cursors are the same in the same order; what differs is the explanation of a failure.
create function tap_same(have refcursor, want refcursor, wanted boolean, description text)
returns text language plpgsql as $$
declare
    one record;
    other record;
    one_there boolean;
    other_there boolean;
    number integer := 0;
begin
    loop
        number := number + 1;
        fetch have into one;
        one_there := found;
        fetch want into other;
        other_there := found;
        exit when not one_there and not other_there;
        if one_there <> other_there or one is distinct from other then
            return @extschema@.tap_line(not wanted, description, case when wanted then pg_catalog.format(
                E'    Results differ beginning at row %s:\n        have: %s\n        want: %s', number,
                case when one_there then one::text else 'NULL' end,
                case when other_there then other::text else 'NULL' end
            ) end);
        end if;
    end loop;
    return @extschema@.tap_line(wanted, description, null);
exception
    when datatype_mismatch then
        return @extschema@.tap_line(not wanted and false, description,
            '    Number of columns or their types differ between the queries'
            || case when one::text is distinct from other::text
                then E':\n        have: ' || one::text || E'\n        want: ' || other::text else '' end
            || E'\n        ERROR: ' || sqlerrm);
end
$$;

-- The same, and closes what it was told of: a table with a cursor on it could not be truncated or altered.
create function tap_same(have refcursor, want refcursor, mine text, wanted boolean, description text)
returns text language plpgsql as $$
declare
    line constant text := @extschema@.tap_same(have, want, wanted, description);
begin
    if mine in ('have', 'both') then
        close have;
    end if;
    if mine in ('want', 'both') then
        close want;
    end if;
    return line;
end
$$;

create function results_eq(refcursor, refcursor, text) returns text language sql
    return tap_same($1, $2, true, $3);
create function results_eq(refcursor, text, text) returns text language sql
    return tap_same($1, tap_open($2), 'want', true, $3);
create function results_eq(text, refcursor, text) returns text language sql
    return tap_same(tap_open($1), $2, 'have', true, $3);
create function results_eq(text, text, text) returns text language sql
    return tap_same(tap_open($1), tap_open($2), 'both', true, $3);
create function results_eq(refcursor, anyarray, text) returns text language plpgsql as $$
declare
    want refcursor;
begin
    open want for select * from pg_catalog.unnest($2);
    return @extschema@.tap_same($1, want, 'want', true, $3);
end
$$;
create function results_eq(text, anyarray, text) returns text language plpgsql
    as $$
declare
    want refcursor;
begin
    open want for select * from pg_catalog.unnest($2);
    return @extschema@.tap_same(@extschema@.tap_open($1), want, 'both', true, $3);
end
$$;
create function results_eq(refcursor, refcursor) returns text language sql return results_eq($1, $2, null::text);
create function results_eq(refcursor, text) returns text language sql return results_eq($1, $2, null::text);
create function results_eq(text, refcursor) returns text language sql return results_eq($1, $2, null::text);
create function results_eq(text, text) returns text language sql return results_eq($1, $2, null::text);
create function results_eq(refcursor, anyarray) returns text language plpgsql
    as $$ begin return @extschema@.results_eq($1, $2, null); end $$;
create function results_eq(text, anyarray) returns text language plpgsql
    as $$ begin return @extschema@.results_eq($1, $2, null); end $$;

create function results_ne(refcursor, refcursor, text) returns text language sql
    return tap_same($1, $2, false, $3);
create function results_ne(refcursor, text, text) returns text language sql
    return tap_same($1, tap_open($2), 'want', false, $3);
create function results_ne(text, refcursor, text) returns text language sql
    return tap_same(tap_open($1), $2, 'have', false, $3);
create function results_ne(text, text, text) returns text language sql
    return tap_same(tap_open($1), tap_open($2), 'both', false, $3);
create function results_ne(refcursor, anyarray, text) returns text language plpgsql as $$
declare
    want refcursor;
begin
    open want for select * from pg_catalog.unnest($2);
    return @extschema@.tap_same($1, want, 'want', false, $3);
end
$$;
create function results_ne(text, anyarray, text) returns text language plpgsql
    as $$
declare
    want refcursor;
begin
    open want for select * from pg_catalog.unnest($2);
    return @extschema@.tap_same(@extschema@.tap_open($1), want, 'both', false, $3);
end
$$;
create function results_ne(refcursor, refcursor) returns text language sql return results_ne($1, $2, null::text);
create function results_ne(refcursor, text) returns text language sql return results_ne($1, $2, null::text);
create function results_ne(text, refcursor) returns text language sql return results_ne($1, $2, null::text);
create function results_ne(text, text) returns text language sql return results_ne($1, $2, null::text);
create function results_ne(refcursor, anyarray) returns text language plpgsql
    as $$ begin return @extschema@.results_ne($1, $2, null); end $$;
create function results_ne(text, anyarray) returns text language plpgsql
    as $$ begin return @extschema@.results_ne($1, $2, null); end $$;

create function tap_types(relation regclass) returns text language sql stable
begin atomic
    select '(' || pg_catalog.string_agg(pg_catalog.format_type(a.atttypid, null), ',' order by a.attnum) || ')'
    from pg_catalog.pg_attribute as a where a.attrelid = relation and a.attnum > 0 and not a.attisdropped;
end;

create function tap_text(query text) returns text language plpgsql as $$
declare
    lines text;
begin
    execute pg_catalog.format(
        'select pg_catalog.string_agg(E''\n        '' || r::text, '''') from (%s) as r', query
    ) into lines;
    return lines;
end
$$;

-- Compares what two temporary tables hold, and drops them. `kind` is eq, ne, has or hasnt, `each` is '' or ' all'.
create function tap_compare(kind text, each text, description text) returns text
language plpgsql set client_min_messages = error as $$
declare
    one constant text := 'select * from pg_temp.tap_have';
    other constant text := 'select * from pg_temp.tap_want';
    types constant text[] := array[
        @extschema@.tap_types('pg_temp.tap_have'), @extschema@.tap_types('pg_temp.tap_want')
    ];
    extra text;
    missing text;
    passed boolean;
begin
    if types[1] is distinct from types[2] then
        drop table pg_temp.tap_have, pg_temp.tap_want;
        return @extschema@.tap_line(kind in ('ne', 'hasnt') and false, description, pg_catalog.format(
            E'    Columns differ between queries:\n        have: %s\n        want: %s', types[1], types[2]
        ));
    end if;
    if kind in ('eq', 'ne') then
        extra := @extschema@.tap_text(one || ' except' || each || ' ' || other);
    elsif kind = 'hasnt' then
        extra := @extschema@.tap_text(one || ' intersect' || each || ' ' || other);
    end if;
    if kind <> 'hasnt' then
        missing := @extschema@.tap_text(other || ' except' || each || ' ' || one);
    end if;
    drop table pg_temp.tap_have, pg_temp.tap_want;
    passed := (extra is null and missing is null) <> (kind = 'ne');
    return @extschema@.tap_line(passed, description, case when kind <> 'ne' then pg_catalog.concat_ws(
        E'\n', '    Extra records:' || extra, '    Missing records:' || missing
    ) end);
end
$$;

create function tap_sets(have text, want text, kind text, each text, description text) returns text
language plpgsql as $$
begin
    execute 'create temporary table tap_have as ' || @extschema@.tap_query(have);
    execute 'create temporary table tap_want as ' || @extschema@.tap_query(want);
    return @extschema@.tap_compare(kind, each, description);
end
$$;
create function tap_sets(have text, want anyarray, kind text, each text, description text) returns text
language plpgsql as $$
begin
    execute 'create temporary table tap_have as ' || @extschema@.tap_query(have);
    create temporary table tap_want as select * from pg_catalog.unnest(want);
    return @extschema@.tap_compare(kind, each, description);
end
$$;
create function set_eq(text, text, text) returns text language sql
    return tap_sets($1, $2, 'eq', '', $3);
create function set_eq(text, text) returns text language sql return set_eq($1, $2, null::text);
create function set_eq(text, anyarray, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_sets($1, $2, 'eq', '', $3); end $$;
create function set_eq(text, anyarray) returns text language plpgsql
    as $$ begin return @extschema@.set_eq($1, $2, null); end $$;
create function set_ne(text, text, text) returns text language sql
    return tap_sets($1, $2, 'ne', '', $3);
create function set_ne(text, text) returns text language sql return set_ne($1, $2, null::text);
create function set_ne(text, anyarray, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_sets($1, $2, 'ne', '', $3); end $$;
create function set_ne(text, anyarray) returns text language plpgsql
    as $$ begin return @extschema@.set_ne($1, $2, null); end $$;
create function set_has(text, text, text) returns text language sql
    return tap_sets($1, $2, 'has', '', $3);
create function set_has(text, text) returns text language sql return set_has($1, $2, null::text);
create function set_hasnt(text, text, text) returns text language sql
    return tap_sets($1, $2, 'hasnt', '', $3);
create function set_hasnt(text, text) returns text language sql return set_hasnt($1, $2, null::text);
create function bag_eq(text, text, text) returns text language sql
    return tap_sets($1, $2, 'eq', ' all', $3);
create function bag_eq(text, text) returns text language sql return bag_eq($1, $2, null::text);
create function bag_eq(text, anyarray, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_sets($1, $2, 'eq', ' all', $3); end $$;
create function bag_eq(text, anyarray) returns text language plpgsql
    as $$ begin return @extschema@.bag_eq($1, $2, null); end $$;
create function bag_ne(text, text, text) returns text language sql
    return tap_sets($1, $2, 'ne', ' all', $3);
create function bag_ne(text, text) returns text language sql return bag_ne($1, $2, null::text);
create function bag_ne(text, anyarray, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_sets($1, $2, 'ne', ' all', $3); end $$;
create function bag_ne(text, anyarray) returns text language plpgsql
    as $$ begin return @extschema@.bag_ne($1, $2, null); end $$;
create function bag_has(text, text, text) returns text language sql
    return tap_sets($1, $2, 'has', ' all', $3);
create function bag_has(text, text) returns text language sql return bag_has($1, $2, null::text);
create function bag_hasnt(text, text, text) returns text language sql
    return tap_sets($1, $2, 'hasnt', ' all', $3);
create function bag_hasnt(text, text) returns text language sql return bag_hasnt($1, $2, null::text);

create function tap_rows(query text) returns text[] language plpgsql as $$
declare
    rows text[] := '{}';
    line record;
begin
    for line in execute query loop
        rows := rows || line::text;
    end loop;
    return rows;
end
$$;
create function is_empty(text, text) returns text language sql
begin atomic
    select tap_line(r.rows = '{}', $2,
        E'    Unexpected records:\n        ' || pg_catalog.array_to_string(r.rows, E'\n        '))
    from (select tap_rows(tap_query($1)) as rows) as r;
end;
create function is_empty(text) returns text language sql return is_empty($1, null::text);
create function isnt_empty(text, text) returns text language sql
    return tap_line(tap_rows(tap_query($1)) <> '{}', $2, null::text);
create function isnt_empty(text) returns text language sql return isnt_empty($1, null::text);

-- Several statements may stand before the one whose row is compared.
create function row_eq(text, anyelement, text) returns text language plpgsql as $$
declare
    have record;
    rows bigint;
begin
    execute @extschema@.tap_query($1) into have;
    get diagnostics rows = row_count;
    return @extschema@.tap_is(
        case when rows > 0 then not have is distinct from $2 else $2 is null end,
        case when rows > 0 then have::text end, $2::text, $3
    );
end
$$;
create function row_eq(text, anyelement) returns text language plpgsql
    as $$ begin return @extschema@.row_eq($1, $2, null); end $$;
