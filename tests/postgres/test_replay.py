"""Replaying files: one transaction each, settings reset between them, and errors with a place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policytool.postgres.platform import apply_migrations
from policytool.postgres.replay import apply_file, apply_sql, replay
from policytool.postgres.results import ApplyError
from policytool.postgres.server import Server
from policytool.source.model import Include, SqlFile

if TYPE_CHECKING:
    from psycopg.rows import TupleRow

    from policytool.postgres.server import Connection

    Execute = Callable[..., list[TupleRow]]


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """The name of a fresh database that nobody is connected to."""
    name = server.create_database()
    yield name
    server.drop_database(name)


def rows(server: Server, database: str, query: Any) -> list[tuple[Any, ...]]:
    with server.connect(database) as connection:
        return connection.execute(query).fetchall()


def test_each_file_begins_afresh(server: Server, empty: str) -> None:
    """Settings, the role and temporary tables of one file are not there for the next."""
    first = "set search_path = nowhere; set role pg_monitor; create temporary table rows (a int);"
    second = "create temporary table rows (b int); create table public.shown as select current_user, b from rows;"
    first_result, second_result = replay(server, empty, [first, second])
    assert (first_result.error, second_result.error) == (None, None)
    assert rows(server, empty, "select relowner::regrole::text from pg_class where relname = 'shown'") == [
        ("supabase_admin",)
    ]


def test_error_has_place_and_postgres_words(database: Connection) -> None:
    """Line and column count from 1 in the whole file and in characters, past a letter of more than one byte."""
    text = "-- é\ncreate table t (a int);\n\nselect a,\n  é, nowhere from t;\n"
    error = apply_sql(database, text, path="x.sql")
    assert error is not None
    assert (error.path, error.line, error.column) == ("x.sql", 5, 3)
    assert (error.sqlstate, error.message) == ("42703", 'column "é" does not exist')
    assert error.statement.startswith("select a,")


def test_error_without_a_position_is_at_its_statement(database: Connection) -> None:
    """An error that Postgres gives no position for is placed where its statement begins."""
    error = apply_sql(database, "select 1;\n\n  /* why */ create table t (a int);\n create table t (a int);")
    assert error is not None
    assert (error.line, error.column, error.sqlstate) == (4, 2, "42P07")


def test_file_is_all_or_nothing(database: Connection, execute: Execute) -> None:
    """A failure undoes the file, and the connection can be used on."""
    assert apply_sql(database, "create table kept (a int)") is None
    assert apply_sql(database, "create table gone (a int); select 1/0") is not None
    assert execute("select relname from pg_class where relname in ('kept', 'gone')") == [("kept",)]


def test_file_without_transaction_keeps_what_came_before(database: Connection, execute: Execute) -> None:
    """Where the tool runs each statement by itself, those before the failure stay."""
    result = apply_file(database, SqlFile(path="", text="create table kept (a int); select 1/0", transaction=False))
    assert result.error is not None
    assert execute("select relname from pg_class where relname = 'kept'") == [("kept",)]


@pytest.mark.parametrize(
    "statement", ["create index concurrently on t (a)", "vacuum t", "reindex table concurrently t"], ids=str.split
)
def test_statement_that_refuses_a_transaction_runs_alone(
    database: Connection, execute: Execute, statement: str
) -> None:
    """It runs between two transactions, and everything around it once."""
    text = f"create table t (a int); insert into t values (1);\n{statement};\ninsert into t values (2);"
    assert apply_sql(database, text) is None
    assert execute("select a from t order by a") == [(1,), (2,)]


def test_own_transactions_of_a_file_count(database: Connection, execute: Execute) -> None:
    """What the file itself commits stays, what it rolls back goes, and what follows is a transaction again."""
    text = "begin; create table a (); commit; begin; create table b (); rollback; create table c (); select 1/0;"
    assert apply_sql(database, text) is not None
    assert execute("select relname from pg_class where relname in ('a', 'b', 'c')") == [("a",)]


def test_deferred_constraint_fails_at_the_end_of_the_file(database: Connection, execute: Execute) -> None:
    """A constraint checked at commit is an error of the file."""
    assert apply_sql(database, "create table p (a int primary key)") is None
    text = "create table c (a int references p deferrable initially deferred);\ninsert into c values (1);"
    error = apply_sql(database, text)
    assert error is not None
    assert (error.sqlstate, error.line) == ("23503", 2)
    assert execute("select 1 from pg_class where relname = 'c'") == []


def test_rows_of_copy_are_loaded(database: Connection, execute: Execute) -> None:
    """pg_dump's COPY … FROM stdin takes the lines up to its end mark, and what follows is SQL again."""
    text = "create table t (a int, b text);\ncopy t from stdin;\n1\tone; two\n2\t\\N\n\\.\n\nselect 1/(a - 3) from t;"
    assert apply_sql(database, text) is None
    assert execute("select a, b from t order by a") == [(1, "one; two"), (2, None)]


def test_bad_rows_of_copy_are_an_error(database: Connection) -> None:
    """A row that does not fit names the row in the context."""
    error = apply_sql(database, "create table t (a int);\ncopy t from stdin;\nx\n\\.\n")
    assert error is not None
    assert (error.sqlstate, error.line) == ("22P02", 2)
    assert "line 1" in (error.context or "")


def test_copy_to_the_client_goes_nowhere(database: Connection) -> None:
    """COPY … TO stdout neither fails nor blocks what follows."""
    assert apply_sql(database, "copy (select generate_series(1, 10000)) to stdout; select 1;") is None


def test_percent_signs_and_quoted_bodies_are_left_alone(database: Connection, execute: Execute) -> None:
    """Nothing in the text is taken for a parameter, and a semicolon in a body does not end a statement."""
    text = "create function f() returns text language plpgsql as $$ begin return format('%s; %I', 'a', 'b'); end $$;"
    assert apply_sql(database, text) is None
    assert execute("select f()") == [("a; b",)]


def test_psql_lines_are_followed_or_said(database: Connection, execute: Execute) -> None:
    r"""\ir runs the file that the source found for it; a line that would have done something is reported."""
    inner = SqlFile(path="inner.sql", text="create table t (a int);\nselect wrong;")
    outer = SqlFile(
        path="outer.sql",
        text="\\set ON_ERROR_STOP on\n\\connect other\n\\ir inner.sql\nselect 1;",
        includes=(Include(name="inner.sql", file=inner),),
    )
    result = apply_file(database, outer)
    assert result.ignored == ("\\connect other",)
    assert result.error is not None
    assert (result.error.path, result.error.line) == ("inner.sql", 2)


def test_replay_resets_settings_between_files(server: Server, empty: str) -> None:
    """A search_path left over from one file does not reach the next, but the session's own settings do."""
    files = [
        "create schema s; set search_path = s; set statement_timeout = 0;",
        "create table t as select current_setting('statement_timeout') as timeout;",
    ]
    results = replay(server, empty, files, settings={"statement_timeout": "7s", "policytool.note": "with space\\"})
    assert [result.error for result in results] == [None, None]
    assert rows(server, empty, "select timeout from public.t") == [("7s",)]


def test_replay_stops_at_the_first_error_unless_told_not_to(server: Server, empty: str, tmp_path: Path) -> None:
    """Files are texts, paths or files of a source; keep_going runs those after a failure."""
    path = tmp_path / "two.sql"
    path.write_text("select oops;")
    three = SqlFile(path="three.sql", text="create table three ()")
    files: list[SqlFile | Path | str] = ["create table one ()", path, three]
    stopped = replay(server, empty, files)
    assert [bool(result.error) for result in stopped] == [False, True]
    assert stopped[1].path == str(path)
    went_on = replay(server, empty, files, keep_going=True)
    assert [result.error.sqlstate if result.error else "" for result in went_on] == ["42P07", "42703", ""]


def test_replay_survives_a_file_that_ends_its_session(server: Server, empty: str) -> None:
    """A file that kills its own connection is an error; the next one gets a new connection."""
    files = ["select pg_terminate_backend(pg_backend_pid())", "create table after ()"]
    first, second = replay(server, empty, files, keep_going=True)
    assert isinstance(first.error, ApplyError)
    assert first.error.sqlstate == "57P01"
    assert second.error is None


def test_a_statement_that_takes_too_long_is_ended(server: Server, empty: str) -> None:
    """The statement timeout is an error like another."""
    (result,) = replay(server, empty, ["select 1;\nselect pg_sleep(20)"], settings={"statement_timeout": "50ms"})
    assert result.error is not None
    assert (result.error.sqlstate, result.error.line) == ("57014", 2)


def test_result_says_how_far_a_failed_file_took_effect(database: Connection, execute: Execute) -> None:
    """What ran outside of transactions stays, and so do transactions that the file ended itself."""
    alone = "create table t (a int); create index concurrently i on t (a); create table u (a int); select 1/0;"
    result = apply_file(database, SqlFile(path="x.sql", text=alone))
    assert alone[: result.kept].endswith("on t (a);")
    assert execute("select relname from pg_class where relname in ('t', 'i', 'u') order by 1") == [("i",), ("t",)]
    own = "begin; create table v (a int); commit; create table w (a int); select 1/0;"
    result = apply_file(database, SqlFile(path="y.sql", text=own))
    assert own[: result.kept].endswith("commit;")
    assert execute("select relname from pg_class where relname in ('v', 'w')") == [("v",)]
    assert apply_file(database, SqlFile(path="z.sql", text="create table z (a int); select 1/0;")).kept == 0


def test_transaction_left_open_is_committed(database: Connection, execute: Execute) -> None:
    """Most tools put a transaction of their own around a file; in one of those a BEGIN does nothing."""
    result = apply_file(database, SqlFile(path="x.sql", text="begin; create table t ();", transaction=False))
    assert result.error is None
    assert execute("select count(*) from pg_class where relname = 't'") == [(1,)]


def test_a_file_cannot_switch_the_timeout_off(server: Server, empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dumps set it to 0; a statement that does not end is ended all the same."""
    monkeypatch.setattr("policytool.postgres.replay.LONGEST", 0.2)
    began = time.monotonic()
    (result,) = replay(server, empty, ["set statement_timeout = 0;\nselect 1;\nselect pg_sleep(20);"])
    assert result.error is not None
    assert (result.error.sqlstate, result.error.line) == ("57014", 3)
    assert time.monotonic() - began < 10


POSTGIS = "create extension postgis; create table public.spot (at geography(point, 4326), note text);"


def test_index_that_a_standin_cannot_hold_is_left_out(supabase_server: Server) -> None:
    """It is named with its place, the file goes on around it, and a mistake of the project's own stays one."""
    name = supabase_server.create_database("supabase_legacy", owner="postgres")
    text = f"{POSTGIS}\n  create index on public.spot using gist (at);\ncreate index on public.spot (note);"
    (result, wrong) = apply_migrations(
        supabase_server, name, [text, "create index on public.spot using gin (note)"], keep_going=True
    )
    assert result.error is None
    assert [(e.line, e.column, e.message) for e in result.left_out] == [(2, 3, "needs the real extension postgis")]
    made = rows(supabase_server, name, "select indexname from pg_indexes where tablename = 'spot'")
    assert made == [("spot_note_idx",)]
    assert wrong.error is not None
    assert wrong.error.sqlstate == "42704"
    supabase_server.drop_database(name)


def test_database_postgres_is_the_one_that_is_migrated(supabase_server: Server) -> None:
    """On the platform a project is the database of that name."""
    name = supabase_server.create_database("supabase_legacy", owner="postgres")
    files = [
        "alter database postgres set timezone = 'Asia/Taipei'; alter database \"postgres\" set app.x to 'y';",
        "comment on database postgres is 'all of it'; grant connect on database postgres to anon",
    ]
    assert [result.error for result in apply_migrations(supabase_server, name, files)] == [None, None]
    query = (
        "select setconfig from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where datname = '{}'"
    )
    assert rows(supabase_server, name, query.format(name).encode()) == [(["TimeZone=Asia/Taipei", "app.x=y"],)]
    assert rows(supabase_server, name, query.format("postgres").encode()) == []
    supabase_server.drop_database(name)
