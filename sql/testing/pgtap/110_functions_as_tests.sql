-- Tests that are functions of the database: do_tap runs them in a plan, runtests each in a subtest that is undone.

create function collect_tap(variadic text[]) returns text language sql immutable
    return pg_catalog.array_to_string($1, E'\n');
create function collect_tap(varchar[]) returns text language sql immutable
    return pg_catalog.array_to_string($1, E'\n');

create function findfuncs(name, text, text) returns text[] language sql stable
    return array(
        select distinct tap_named(n.nspname, p.proname) as item
        from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        where n.nspname = $1 and p.proname ~ $2 and ($3 is null or p.proname !~ $3) order by item
    );
create function findfuncs(name, text) returns text[] language sql stable return findfuncs($1, $2, null::text);
create function findfuncs(text, text) returns text[] language sql stable
    return array(
        select distinct tap_named(n.nspname, p.proname) as item
        from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        where pg_catalog.pg_function_is_visible(p.oid) and p.proname ~ $1 and ($2 is null or p.proname !~ $2)
        order by item
    );
create function findfuncs(text) returns text[] language sql stable return findfuncs($1, null::text);

create function tap_call_all(functions text[], told boolean) returns setof text language plpgsql as $$
declare
    item text;
begin
    foreach item in array functions loop
        if told then
            return next @extschema@.diag(item || '()');
        end if;
        return query execute 'select * from ' || item || '()';
    end loop;
end
$$;
-- The names are printed unless notices are: then they would be twice.
create function tap_told() returns boolean language sql stable
    return pg_catalog.current_setting('client_min_messages') in ('warning', 'error', 'fatal', 'panic');
create function do_tap(name, text) returns setof text language sql
    begin atomic select * from tap_call_all(findfuncs($1, $2), tap_told()); end;
create function do_tap(name) returns setof text language sql
    begin atomic select * from tap_call_all(findfuncs($1, '^test'), tap_told()); end;
create function do_tap(text) returns setof text language sql
    begin atomic select * from tap_call_all(findfuncs($1), tap_told()); end;
create function do_tap() returns setof text language sql
    begin atomic select * from tap_call_all(findfuncs('^test'), tap_told()); end;

create function tap_indented(lines text[]) returns setof text language sql immutable
begin atomic
    select '    ' || l.line
    from pg_catalog.unnest(lines) with ordinality as g (lines, place),
        lateral pg_catalog.unnest(pg_catalog.string_to_array(g.lines, E'\n')) with ordinality as l (line, part)
    order by g.place, l.part;
end;

-- One function in a subtest: numbers begin anew, all is undone, and what is left is its lines and whether it passed.
create function tap_subtest(item text, setups text[], teardowns text[]) returns setof text
language plpgsql as $$
declare
    number bigint;
    called boolean;
    lines text[] := '{}';
    died text[];
    passed boolean := false;
    run bigint;
    failed integer;
begin
    select n.last_value, n.is_called into number, called from pg_temp.tap_number as n;
    perform pg_catalog.setval('pg_temp.tap_number', 1, false);
    begin
        update pg_temp.tap_state as s set amount = 0 where s.kind = 'failed';
        lines := array(select * from @extschema@.tap_call_all(setups, false));
        lines := lines || array(select * from @extschema@.tap_call_all(array[item], false));
        lines := lines || array(select * from @extschema@.tap_call_all(teardowns, false));
        select case when n.is_called then n.last_value else 0 end into run from pg_temp.tap_number as n;
        select s.amount into failed from pg_temp.tap_state as s where s.kind = 'failed';
        lines := lines || ('1..' || run);
        if run = 0 then
            lines := lines || '# No tests run!'::text;
        elsif failed > 0 then
            lines := lines || pg_catalog.format('# Looks like you failed %s test%s of %s',
                failed, case when failed = 1 then '' else 's' end, run);
        end if;
        passed := run > 0 and failed = 0;
        raise exception using errcode = 'TAP00', message = 'undo';
    exception
        when sqlstate 'TAP00' then
            null;
        when others or assert_failure then
            passed := false;
            lines := array[@extschema@.diag('Test died: ' || sqlstate || ': ' || sqlerrm)];
    end;
    perform pg_catalog.setval('pg_temp.tap_number', number, called);
    return query select * from @extschema@.tap_indented(lines);
    return next @extschema@.ok(passed, item);
end
$$;

create function tap_run_all(startups text[], shutdowns text[], setups text[], teardowns text[], tests text[])
returns setof text language plpgsql as $$
declare
    item text;
begin
    perform @extschema@.tap_begin(0);
    return query select * from @extschema@.tap_call_all(startups, false);
    foreach item in array tests loop
        return next '# Subtest: ' || item || '()';
        return query select * from @extschema@.tap_subtest(item, setups, teardowns);
    end loop;
    return query select * from @extschema@.tap_call_all(shutdowns, false);
    return query select * from @extschema@.finish();
    -- Whoever calls it again in this session begins anew.
    drop table pg_temp.tap_state;
    drop sequence pg_temp.tap_number;
end
$$;
create function runtests(name, text) returns setof text language sql
begin atomic
    select * from tap_run_all(
        findfuncs($1, '^startup'), findfuncs($1, '^shutdown'), findfuncs($1, '^setup'), findfuncs($1, '^teardown'),
        findfuncs($1, $2, '^(startup|shutdown|setup|teardown)')
    );
end;
create function runtests(name) returns setof text language sql
    begin atomic select * from runtests($1, '^test'); end;
create function runtests(text) returns setof text language sql
begin atomic
    select * from tap_run_all(
        findfuncs('^startup'), findfuncs('^shutdown'), findfuncs('^setup'), findfuncs('^teardown'),
        findfuncs($1, '^(startup|shutdown|setup|teardown)')
    );
end;
create function runtests() returns setof text language sql
    begin atomic select * from runtests('^test'::text); end;
