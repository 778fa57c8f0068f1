"""Suites run as they are: as postgres, file after file, with helpers, and with each error in its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from policytool.postgres.platform import project_rights
from policytool.postgres.script import console
from policytool.postgres.server import Server
from policytool.testing.pgtap import SuiteResult
from tests.testing.pgtap.conftest import Run

One = Callable[[str], SuiteResult]


def wrapped(body: str, plan: int) -> str:
    return f"begin;\nselect plan({plan});\n{body}\nselect * from finish();\nrollback;\n"


HELPED = """
create extension if not exists "basejump-supabase_test_helpers" version '0.0.6';
select tests.create_supabase_user('ann');
select tests.create_supabase_user('bob', 'bob@example.org', '555', '{"team": "x"}');
insert into notes (owner, body) values (tests.get_supabase_uid('ann'), 'hers'), (tests.get_supabase_uid('bob'), 'his');
select tests.authenticate_as('ann');
select results_eq('select body from notes', array['hers'], 'ann sees hers');
select is(auth.uid(), tests.get_supabase_uid('ann'), 'ann is who she is');
select is(auth.role(), null, 'the helper sends no role');
select is(current_user::text, 'authenticated'::text);
select tests.authenticate_as('bob');
select results_eq($$ update notes set body = 'x' where true returning body $$, array['x'], 'bob changes his');
select is(auth.jwt() #>> '{user_metadata,team}', 'x'::text);
select is(auth.email(), 'bob@example.org'::text);
select tests.clear_authentication();
select is(current_user::text, 'anon'::text);
select throws_ok('select * from notes', '42501');
select tests.authenticate_as_service_role();
select throws_ok('select * from notes', 'permission denied for table notes');
reset role;
select tests.rls_enabled('public');
select tests.rls_enabled('public', 'notes');
select tests.freeze_time('2031-01-01 00:00:00+00');
select is(now(), '2031-01-01 00:00:00+00'::timestamptz);
select tests.unfreeze_time();
select isnt(now(), '2031-01-01 00:00:00+00'::timestamptz);
select throws_ok($$ select tests.get_supabase_uid('eve') $$, 'User with identifier eve not found');
"""


def test_the_helpers_of_supabase_suites(one: One) -> None:
    """Users are made and become, claims are read, time stands still, tables without RLS are seen."""
    result = one(wrapped(HELPED, 15))
    assert [(a.description, a.diagnostics) for a in result.failed] == []
    assert result.errors == ()
    assert len(result.assertions) == 15


def test_roles_and_claims_by_hand(one: One) -> None:
    """SET LOCAL ROLE and the claims as settings, in both spellings; what follows the rollback is as before."""
    body = """
    insert into notes (owner, body) values ('00000000-0000-4000-8000-000000000001', 'one');
    set local role authenticated;
    set local request.jwt.claims to '{"sub": "00000000-0000-4000-8000-000000000001"}';
    select isnt_empty('select * from notes');
    set local request.jwt.claims to '{"sub": "00000000-0000-4000-8000-000000000002"}';
    select is_empty('select * from notes');
    set local request.jwt.claim.sub to '00000000-0000-4000-8000-000000000001';
    select isnt_empty('select * from notes');
    reset role;
    select is(current_user, 'postgres'::name);
    """
    assert one(wrapped(body, 4)).passed


def test_a_failure_has_its_line_and_what_pgtap_says(one: One) -> None:
    """Number, description, file and line of the statement, and the diagnostics line by line."""
    result = one("begin;\nselect plan(1);\n\nselect is(1, 2,\n  'sums');\nselect * from finish();\nrollback;")
    (failed,) = result.failed
    assert (failed.number, failed.description, failed.path, failed.line) == (1, "sums", "supabase/tests/a.sql", 4)
    assert failed.diagnostics == ('Failed test 1: "sums"', "        have: 1", "        want: 2")
    assert result.comments == ("Looks like you failed 1 test of 1",)
    assert not result.passed


def test_an_error_has_its_line_and_ends_the_file(one: One) -> None:
    """As with ON_ERROR_STOP: nothing after it runs, and the plan is not met."""
    result = one("begin;\nselect plan(2);\nselect ok(true);\nselect *\nfrom nobody;\nselect ok(true);\nrollback;")
    error, plan = result.errors
    assert (error.path, error.line, error.column, error.sqlstate) == ("supabase/tests/a.sql", 5, 6, "42P01")
    assert error.message == 'relation "nobody" does not exist'
    assert plan.message == "planned 2 tests but ran 1"
    assert [a.number for a in result.assertions] == [1]


def test_an_error_in_an_included_file_is_there(run: Run) -> None:
    """The file and line are those of the included file."""
    files = {
        "supabase/tests/a.sql": "select plan(1);\n\\ir parts/b.inc\n",
        "supabase/tests/parts/b.inc": "\nselect 1/0;",
    }
    (error, _) = run(files)["a.sql"].errors
    assert (error.path, error.line, error.message) == ("supabase/tests/parts/b.inc", 2, "division by zero")


@pytest.mark.parametrize("outside", ["../../../secret.sql", "/etc/passwd", "nowhere.sql"])
def test_a_file_outside_of_the_project_is_not_read(one: One, outside: str) -> None:
    """An include is looked for inside the project only."""
    (error, _) = one(f"select plan(1);\n\\i {outside}\n").errors
    assert (error.line, error.message) == (2, f"{outside}: no such file in the project")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("begin; select * from no_plan(); select ok(true); rollback;", "no plan was printed"),
        (wrapped("select ok(true);", 2), "planned 2 tests but ran 1"),
    ],
)
def test_what_does_not_fit_the_plan(one: One, text: str, message: str) -> None:
    """A plan that finish() would have printed, and too few tests."""
    assert [fault.message for fault in one(text).errors] == [message]


def test_giving_up(one: One) -> None:
    """Nothing after a bail-out is run, and the suite has not passed."""
    result = one("begin; select plan(2); select ok(true); select 'Bail out! enough'; select 1/0;")
    assert (result.bail_out, result.errors, result.passed) == ("enough", (), False)


def test_no_plan_is_printed_by_finish(one: One) -> None:
    """no_plan() and finish() give the number in the end."""
    result = one("begin; select * from no_plan(); select ok(true); select ok(true); select * from finish(); rollback;")
    assert (result.plan, result.passed) == (2, True)


def test_pgtap_can_be_moved(one: One) -> None:
    """ALTER EXTENSION SET SCHEMA works, as it does with pgTAP, and the functions are in the other schema."""
    text = "create schema tap; alter extension pgtap set schema tap; set search_path = tap, public;\n"
    result = one(text + wrapped("select is(to_regprocedure('extensions.ok(boolean)'), null);", 1))
    assert (result.errors, [a.diagnostics for a in result.failed]) == ((), [])


def test_no_cursor_is_left_open(one: One) -> None:
    """A table whose rows were compared can be truncated and altered afterwards."""
    body = """
    select results_eq('select body from notes', array[]::text[]);
    select results_eq('select body from notes', 'select body from notes');
    select results_ne('select id from notes', 'select body from notes');
    select results_eq('select id from notes', array['x']);
    truncate notes;
    alter table notes add extra int;
    """
    assert one(wrapped(body, 4)).errors == ()


def test_todo_and_skip(one: One) -> None:
    """What is yet to be done may fail; what is skipped counts as passed; the reasons are kept."""
    body = "select * from todo('later', 1);\nselect ok(false, 'x');\nselect skip('no such thing', 2);\nselect ok(true);"
    result = one(wrapped(body, 4))
    assert result.passed
    assert [(a.directive, a.reason) for a in result.assertions] == [
        ("todo", "later"), ("skip", "no such thing"), ("skip", "no such thing"), ("", ""),
    ]  # fmt: skip


def test_a_number_is_not_given_twice(one: One) -> None:
    """What is rolled back to a savepoint keeps its number."""
    result = one(wrapped("savepoint s;\nselect ok(true);\nrollback to s;\nselect ok(true);", 2))
    assert [a.number for a in result.assertions] == [1, 2]
    assert result.passed


def test_what_one_file_commits_the_next_one_finds(run: Run) -> None:
    """As with pg_prove: a file that tests nothing prepares the others, in the order of their names."""
    files = {
        "supabase/tests/000-setup.sql": "create schema tests;\ncreate function tests.one() returns int return 1;",
        "supabase/tests/010-a.sql": wrapped(
            "insert into notes (owner) values (gen_random_uuid());\nselect is(tests.one(), 1);", 1
        ),
        "supabase/tests/020-b.sql": wrapped("select is_empty('select * from notes');", 1),
    }
    results = run(files)
    assert list(results) == ["000-setup.sql", "010-a.sql", "020-b.sql"]
    assert [result.preparation for result in results.values()] == [True, False, False]
    assert all(result.passed for result in results.values())
    alone = run(files, fresh=True)["010-a.sql"]
    assert [error.sqlstate for error in alone.errors] == ["3F000", ""]


def test_what_a_file_leaves_open_is_undone(run: Run) -> None:
    """A file that ends within its transaction has changed nothing, also after an error."""
    left = "begin;\nselect plan(1);\ninsert into notes (owner) values (gen_random_uuid());\nselect ok(true);\n"
    files = {
        "supabase/tests/1.sql": left,
        "supabase/tests/2.sql": left + "select 1/0;",
        "supabase/tests/3.sql": wrapped("select is_empty('select * from notes');", 1),
    }
    assert [result.passed for result in run(files).values()] == [True, False, True]


def test_the_template_is_left_as_it_was(run: Run, supabase_server: Server, migrated: str) -> None:
    """What suites and seeds commit is not in the database that they were copied from."""
    seed = "insert into notes (owner) values ('00000000-0000-4000-8000-000000000001');"
    text = f"{seed}\nselect plan(1);\nselect is(count(*), 2::bigint) from notes;"
    assert run({"supabase/seed.sql": seed, "supabase/tests/a.sql": text})["a.sql"].passed
    with supabase_server.connect(migrated) as connection:
        assert connection.execute("select count(*) from public.notes").fetchone() == (0,)
        found = connection.execute("select 1 from pg_extension where extname = 'pgtap'").fetchone()
        assert found is None
        assert connection.execute("select 1 from pg_proc where proname = 'policytool_administer'").fetchone() is None


def test_a_seed_that_fails_is_told(run: Run) -> None:
    """The suites run all the same."""
    said: list[str] = []
    files = {
        "supabase/seed.sql": "insert into nobody values (1);",
        "supabase/tests/a.sql": wrapped("select ok(true);", 1),
    }
    assert run(files, said=said)["a.sql"].passed
    assert 'supabase/seed.sql:1: the seed fails: relation "nobody" does not exist' in said


def test_stand_ins_are_told(run: Run) -> None:
    """Whoever runs suites hears that pgTAP is not the real one, and where helpers come from that no file makes."""
    said: list[str] = []
    assert run({"supabase/tests/a.sql": wrapped("select tests.rls_enabled('public');", 1)}, said=said)["a.sql"].passed
    assert said == [
        "suites call helpers in schema tests that no file makes: they get policytool's own",
        "pgTAP is policytool's own here: the server has none",
    ]


def test_settings_of_the_database_are_there(run: Run, supabase_server: Server, migrated: str) -> None:
    """ALTER DATABASE SET is copied with the database, which CREATE DATABASE does not do."""
    with supabase_server.connect() as connection:
        connection.execute(f"alter database \"{migrated}\" set app.tenant = 'acme'".encode())
    assert run({"supabase/tests/a.sql": wrapped("select is(current_setting('app.tenant'), 'acme');", 1)})[
        "a.sql"
    ].passed


def test_packages_come_without_a_network(one: One) -> None:
    """The installer that suites fetch from database.dev is there, and so is the package of helpers."""
    body = """
    create extension if not exists http with schema extensions;
    create extension if not exists pg_tle;
    select pgtle.install_extension('supabase-dbdev', r.contents ->> 'version', 'x', r.contents ->> 'sql')
    from http(('GET', 'https://api.database.dev/rest/v1/package_versions?select=sql,version', null, null, null)) x,
        lateral (select ((row_to_json(x) -> 'content') #>> '{}')::json -> 0) r(contents);
    create extension "supabase-dbdev";
    select dbdev.install('basejump-supabase_test_helpers');
    create extension "basejump-supabase_test_helpers" version '0.0.2';
    select lives_ok($$ select tests.create_supabase_user('ann') $$);
    select throws_ok($$ select dbdev.install('somebody-else') $$, '0A000');
    """
    result = one(wrapped(body, 2))
    assert (result.errors, [a.diagnostics for a in result.failed]) == ((), [])


ATTACKS = {
    "session": "reset session authorization;\nset role supabase_admin;",
    "authorization": "set session authorization supabase_admin;",
    "server files": "copy (select 1) to '/tmp/policytool_was_here';",
    "a program": "copy notes from program 'id';",
    "a shell": "\\! id",
    "a copy": "\\copy notes from program 'id'",
    "another user": "\\c - supabase_admin",
    "a body": "do $$ begin execute 'copy (select 1) to program ''id'''; end $$;",
    "a superuser": "alter role postgres superuser;",
    "the key": "select pg_catalog.policytool_administer('x', 'alter role postgres superuser');",
    "a definer": "create function f() returns text language sql security definer as 'select current_user::text';\n"
    "alter function f() owner to supabase_admin;",
}


def test_a_suite_gets_no_further_than_a_project(run: Run) -> None:
    """No superuser, no file of the server, no program, no other role: each ends its file, and nothing comes after."""
    text = "select plan(1);\n{}\nselect ok(false, 'got through');"
    results = run({f"supabase/tests/{name}.sql": text.format(attack) for name, attack in ATTACKS.items()})
    assert len(results) == len(ATTACKS)
    for name, result in results.items():
        assert result.assertions == (), name
        assert len(result.errors) == 2, name


def test_triggers_do_not_fire_as_a_superuser(one: One) -> None:
    """A trigger on auth.users that the helpers set off runs as postgres, who is none, and cannot become one."""
    body = """
    create extension "basejump-supabase_test_helpers";
    create table who (name text, super boolean);
    create function look() returns trigger language plpgsql as $$
    begin
        insert into public.who select current_user, rolsuper from pg_catalog.pg_roles where rolname = current_user;
        return new;
    end $$;
    create trigger look after insert on auth.users for each row execute function look();
    select tests.create_supabase_user('ann');
    select results_eq('select name, super from who', $$ values ('postgres', false) $$);
    """
    result = one(wrapped(body, 1))
    assert (result.errors, [a.diagnostics for a in result.failed]) == ((), [])
    assert len(result.assertions) == 1


def test_a_superuser_named_postgres_is_refused(supabase_server: Server, migrated: str) -> None:
    """Where postgres is a superuser no script is run at all."""
    with project_rights(supabase_server, migrated) as (rights, settings):
        with supabase_server.connect() as connection:
            connection.execute("alter role postgres superuser")
        try:
            with pytest.raises(AssertionError, match="superuser"), console(supabase_server, migrated, rights, settings):
                pass
        finally:
            with supabase_server.connect() as connection:
                connection.execute("alter role postgres nosuperuser")
