-- pgtap: schema = current, fixed = no, relocatable = yes, version = 1.3.3, runs = yes
-- Assertions that print TAP, named and called as those of pgTAP: a stand-in for servers that lack it. What is printed,
-- diagnostics included, was compared with pgTAP 1.3.5 line by line. The functions named tap_* are the stand-in's own.
-- Left out: lists of casts, operators and operator classes; privileges and owners of languages, tablespaces, operator
-- classes and foreign servers.
--
-- This part: plan, todo, skip, finish, and the line that every assertion ends in. The numbers of tests come from a
-- sequence, so that a rollback to a savepoint does not give a number twice.

create function tap_begin(planned integer) returns void language plpgsql set client_min_messages = error as $$
begin
    if pg_catalog.to_regclass('pg_temp.tap_state') is not null then
        raise exception 'You tried to plan twice!';
    end if;
    create temporary sequence tap_number;
    create temporary table tap_state (
        place integer generated always as identity, kind text not null, amount integer not null, note text
    );
    insert into pg_temp.tap_state (kind, amount) values ('plan', planned), ('failed', 0);
    -- Whoever the session becomes goes on counting.
    grant all on table pg_temp.tap_state to public;
    grant all on sequence pg_temp.tap_number to public;
    grant all on sequence pg_temp.tap_state_place_seq to public;
end
$$;

create function plan(integer) returns text language plpgsql as $$
begin
    perform @extschema@.tap_begin($1);
    return '1..' || $1;
end
$$;

create function no_plan() returns setof boolean language plpgsql as $$
begin
    perform @extschema@.tap_begin(0);
    return;
end
$$;

-- Every line of a text as a comment.
create function diag(msg text) returns text language sql immutable strict
    return pg_catalog.regexp_replace(
        pg_catalog.replace(pg_catalog.replace(msg, E'\r\n', E'\n'), E'\r', E'\n'), '^', '# ', 'gn'
    );
create function diag(msg anyelement) returns text language sql as $$ select @extschema@.diag($1::text) $$;
create function diag(variadic text[]) returns text language sql
    return diag(pg_catalog.array_to_string($1, ''));
create function diag(variadic anyarray) returns text language sql
    as $$ select @extschema@.diag(pg_catalog.array_to_string($1, '')) $$;

create function tap_line(passed boolean, description text, explanation text, skipped text default null)
returns text language plpgsql as $$
declare
    number bigint;
    reason text;
    entry integer;
    amount_left integer;
    line text;
    named boolean := coalesce(description, '') <> '';
begin
    if pg_catalog.to_regclass('pg_temp.tap_state') is null then
        raise exception 'You tried to run a test without a plan! Gotta have a plan';
    end if;
    number := pg_catalog.nextval('pg_temp.tap_number');
    select s.place, s.amount, coalesce(s.note, '') into entry, amount_left, reason
    from pg_temp.tap_state as s where s.kind = 'todo' order by s.place desc limit 1;
    if amount_left = 1 then
        delete from pg_temp.tap_state as s where s.place = entry;
    elsif amount_left > 1 then
        update pg_temp.tap_state as s set amount = s.amount - 1 where s.place = entry;
    end if;
    if not coalesce(passed, false) and reason is null then
        update pg_temp.tap_state as s set amount = s.amount + 1 where s.kind = 'failed';
    end if;
    line := case when passed then '' else 'not ' end || 'ok ' || number
        || case when named then ' - ' || pg_catalog.substr(@extschema@.diag(description), 3) else '' end
        || coalesce(' # TODO ' || reason, '')
        || case when skipped is null then '' else pg_catalog.rtrim(' # SKIP ' || skipped) end;
    if passed then
        return line;
    end if;
    return line || E'\n' || @extschema@.diag(
        'Failed ' || case when reason is null then '' else '(TODO) ' end || 'test ' || number
        || case when named then ': "' || description || '"' else '' end
        || coalesce(E'\n' || explanation, '')
    );
end
$$;

create function ok(boolean, text) returns text language sql
    return tap_line(coalesce($1, false), $2, case when $1 is null then '    (test result was NULL)' end);
create function ok(boolean) returns text language sql return ok($1, null::text);
create function pass(text) returns text language sql return ok(true, $1);
create function pass() returns text language sql return ok(true, null::text);
create function fail(text) returns text language sql return ok(false, $1);
create function fail() returns text language sql return ok(false, null::text);

create function skip(why text, how_many integer) returns text language plpgsql as $$
declare
    lines text[] := '{}';
begin
    for number in 1 .. how_many loop
        lines := lines || @extschema@.tap_line(true, null, null, coalesce(why, ''));
    end loop;
    return pg_catalog.array_to_string(lines, E'\n');
end
$$;
create function skip(text) returns text language sql return skip($1, 1);
create function skip(integer, text) returns text language sql return skip($2, $1);
create function skip(integer) returns text language sql return skip(null::text, $1);

create function todo(why text, how_many integer) returns setof boolean language plpgsql as $$
begin
    insert into pg_temp.tap_state (kind, amount, note)
    select 'todo', coalesce(how_many, 1), coalesce(why, '') where coalesce(how_many, 1) > 0;
    return;
end
$$;
create function todo(how_many integer, why text) returns setof boolean language plpgsql
    as $$ begin perform @extschema@.todo(why, how_many); return; end $$;
create function todo(why text) returns setof boolean language plpgsql
    as $$ begin perform @extschema@.todo(why, 1); return; end $$;
create function todo(how_many integer) returns setof boolean language plpgsql
    as $$ begin perform @extschema@.todo('', how_many); return; end $$;

-- An amount of -1 lasts until todo_end.
create function todo_start(text) returns setof boolean language plpgsql as $$
begin
    insert into pg_temp.tap_state (kind, amount, note) values ('todo', -1, coalesce($1, ''));
    return;
end
$$;
create function todo_start() returns setof boolean language plpgsql
    as $$ begin perform @extschema@.todo_start(''); return; end $$;
create function in_todo() returns boolean language plpgsql
    as $$ begin return exists (select from pg_temp.tap_state as s where s.kind = 'todo'); end $$;
create function todo_end() returns setof boolean language plpgsql as $$
begin
    delete from pg_temp.tap_state as s where s.place = (
        select t.place from pg_temp.tap_state as t where t.kind = 'todo' and t.amount = -1 order by t.place desc limit 1
    );
    if not found then
        raise exception 'todo_end() called without todo_start()';
    end if;
    return;
end
$$;

create function num_failed() returns integer language plpgsql
    as $$ begin return (select s.amount from pg_temp.tap_state as s where s.kind = 'failed'); end $$;

create function finish(exception_on_failure boolean default null) returns setof text language plpgsql as $$
declare
    planned integer;
    failed integer;
    run bigint;
begin
    if pg_catalog.to_regclass('pg_temp.tap_state') is null then
        raise exception 'finish() without a plan' using errcode = 'undefined_table';
    end if;
    select s.amount into planned from pg_temp.tap_state as s where s.kind = 'plan';
    select s.amount into failed from pg_temp.tap_state as s where s.kind = 'failed';
    select case when n.is_called then n.last_value else 0 end into run from pg_temp.tap_number as n;
    if run = 0 then
        raise exception '# No tests run!';
    end if;
    if planned = 0 then
        planned := run;
        return next '1..' || run;
    end if;
    if planned <> run then
        return next pg_catalog.format('# Looks like you planned %s test%s but ran %s',
            planned, case when planned = 1 then '' else 's' end, run);
    elsif failed > 0 then
        if exception_on_failure then
            raise exception '% test% failed of %', failed, case when failed = 1 then '' else 's' end, planned;
        end if;
        return next pg_catalog.format('# Looks like you failed %s test%s of %s',
            failed, case when failed = 1 then '' else 's' end, planned);
    end if;
end
$$;

create function pg_version() returns text language sql immutable
    return pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1);
create function pg_version_num() returns integer language sql immutable
    return pg_catalog.current_setting('server_version_num')::integer;
create function pgtap_version() returns numeric language sql immutable return 1.3;
create function os_name() returns text language sql immutable return 'linux';
