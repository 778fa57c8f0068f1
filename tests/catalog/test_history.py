"""What each statement found and left of an object, where objects were born, and which statements commit together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from policytool import api
from policytool.catalog.build import build
from policytool.catalog.build.platform import Platform
from policytool.catalog.history import History, Step, steps_of
from policytool.catalog.transactions import refuses_transaction
from policytool.config import PlatformName
from policytool.source.model import Include, SqlFile
from policytool.syntax.parse import parse_file

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

T = ("public", "t")


def history(*texts: str | SqlFile, platform: PlatformName = "postgres") -> History:
    """The history of some files."""
    files = [f if isinstance(f, SqlFile) else SqlFile(path=f"{i}.sql", text=f, order=i) for i, f in enumerate(texts)]
    built = build(files, Platform(name=platform, exposed_schemas=()))
    return History(steps_of(built), built.catalog)


def units(file: SqlFile) -> list[tuple[int, str]]:
    """The number of statements and the reason of each unit of a file."""
    found = history(file)
    return [(len(u.steps), u.why) for s in found.steps if (u := found.unit(s)).steps[0] is s]


def columns(found: History, step: Step, key: tuple[str, str] = T) -> tuple[list[str] | None, list[str] | None]:
    """The columns of a table before and after a statement."""
    both = found.before("tables", key, step), found.after("tables", key, step)
    before, after = ([c.name for c in t.columns] if t else None for t in both)
    return before, after


def test_before_and_after() -> None:
    """A table before it is made, between changes, and after it is dropped."""
    found = history("create table t (a int);", "alter table t add b int; select 1; drop table t;")
    assert [columns(found, s) for s in found.steps] == [
        (None, ["a"]), (["a"], ["a", "b"]), (["a", "b"], ["a", "b"]), (["a", "b"], None),
    ]  # fmt: skip


def test_several_changes_of_one_statement() -> None:
    """Before is what the statement found, after what it left, however many changes lie between."""
    found = history("create table t (a int);", "do $$ begin alter table t add b int; alter table t add c int; end $$;")
    assert columns(found, found.steps[1]) == (["a"], ["a", "b", "c"])


def test_a_rename_is_followed() -> None:
    """The old name ends, the new one begins, and it is one object with one birth and one timeline."""
    found = history("create table t (a int); alter table t rename to u;", "alter table u add b int;")
    made, renamed, added = found.steps
    assert columns(found, renamed) == (["a"], None)
    assert columns(found, renamed, ("public", "u")) == (None, ["a"])
    assert columns(found, added, ("public", "u")) == (["a"], ["a", "b"])
    assert found.born("tables", ("public", "u"), added) is made
    assert [c.statement for c in found.timeline("tables", ("public", "u"))] == [0, 1, 2]
    assert found.timeline("tables", T, made) == found.timeline("tables", ("public", "u"))


def test_names_that_swap() -> None:
    """After a swap of two tables each name goes back to its own birth."""
    found = history(
        "create table t (a int);",
        "create table n (b int); alter table t rename to o; alter table n rename to t; select 1;",
    )
    last = found.steps[-1]
    assert [found.born_in_file("tables", ("public", n), last) for n in ("t", "o")] == [True, False]
    assert [c.statement for c in found.timeline("tables", T)] == [1, 3]


def test_made_again_is_new() -> None:
    """What is dropped and made again in one file is born in it; at the drop it is still the old one."""
    found = history("create table t (a int);", "drop table t; create table t (b int); alter table t add c int;")
    _, dropped, made, added = found.steps
    assert [found.born_in_file("tables", T, s) for s in (dropped, made, added)] == [False, True, True]
    assert [c.statement for c in found.timeline("tables", T)] == [2, 3]
    assert [c.statement for c in found.timeline("tables", T, dropped)] == [0, 1]


def test_what_no_migration_made_was_there() -> None:
    """An assumed table exists before the statement that first names it, and so does what the platform brought."""
    found = history("select 1;", "alter table t add b int;")
    assert columns(found, found.steps[0]) == ([], [])
    assert not found.born_in_file("tables", T, found.steps[1])
    found = history("alter table auth.users add b int;", platform="supabase")
    assert "b" not in (columns(found, found.steps[0], ("auth", "users"))[0] or ["b"])
    assert found.born("tables", ("auth", "users"), found.steps[0]) is None
    assert found.before("tables", ("auth", "sessions"), found.steps[0]) is not None
    assert found.before("tables", ("auth", "nothing"), found.steps[0]) is None


def test_what_was_assumed_and_then_made_is_born() -> None:
    """A table that is named before it is made is born where it is made."""
    found = history("alter table t add b int;", "create table t (b int, c int); alter table t add d int;")
    assert [found.born_in_file("tables", T, s) for s in found.steps] == [False, True, True]
    assert [[a.name for a in found.altered(s)] for s in found.steps] == [["public.t"], [], []]


def test_a_rolled_back_statement_changed_nothing() -> None:
    """What ROLLBACK undoes is in no history."""
    found = history("create table t (a int); begin; alter table t add b int; rollback; select 1;")
    assert columns(found, found.steps[-1]) == (["a"], ["a"])
    assert len(found.timeline("tables", T)) == 1


def test_included_files_are_run_with_the_one_that_includes_them() -> None:
    r"""What a file pulls in with \i is the same file to whoever runs it."""
    inner = SqlFile(path="t.sql", text="create table t (a int);", transaction=False)
    text = "\\i t.sql\nalter table t add b int;\n"
    outer = SqlFile(path="all.sql", text=text, transaction=False, includes=(Include(name="t.sql", file=inner),))
    found = history(outer)
    assert [s.statement.file.path for s in found.same_file(found.steps[1])] == ["t.sql", "all.sql"]
    assert found.born_in_file("tables", T, found.steps[1])


def test_a_schema_spread_over_files_is_one(tmp_path: Path) -> None:
    """Files that are desired state, or scripts without versions, are run on a database that has none of it."""
    for folder, names in (("supabase/schemas", ("1_t", "2_i")), ("sql", ("t", "u")), ("migrations", ("1_t", "2_i"))):
        directory = tmp_path / folder
        directory.mkdir(parents=True)
        (directory / f"{names[0]}.sql").write_text("create table t (a int);")
        (directory / f"{names[1]}.sql").write_text("create index on t (a);")
        loaded = api.load(str(directory))
        found = api.context(loaded).history
        assert found.born_in_file("tables", T, found.steps[1]) is (folder != "migrations"), loaded.project.layout


def test_later_and_earlier() -> None:
    """Statements that follow, and that came before, in one unit only."""
    found = history("create table t (a int); select 1; select 2;", "select 3;")
    assert [s.ordinal for s in found.later(found.steps[0])] == [1, 2]
    assert [s.ordinal for s in found.earlier(found.steps[2])] == [0, 1]
    assert found.later(found.steps[2]) == found.earlier(found.steps[3]) == ()


@pytest.mark.parametrize(
    ("layout", "transaction", "text", "expected"),
    [
        ("supabase", True, "select 1; select 2;", [(2, "the Supabase CLI runs the file in one transaction")]),
        ("supabase", True, "create index concurrently i on t (a);", [(1, "")]),
        ("supabase", True, "create index concurrently i on t (a); select 1; drop index concurrently i; select 2;",
         [(1, ""), (3, "the Supabase CLI runs the file in one transaction")]),
        ("supabase", True, "create index concurrently i on t (a); create index concurrently j on t (a);",
         [(1, ""), (1, "the Supabase CLI runs the file in one transaction")]),
        ("supabase", True, "begin; select 1; commit; create index concurrently i on t (a); select 1;",
         [(3, "the Supabase CLI runs the file in one transaction"), (1, ""),
          (1, "the Supabase CLI runs the file in one transaction")]),
        ("sqlx", True, "create index concurrently i on t (a);", [(1, "sqlx runs the file in one transaction")]),
        ("goose", False, "select 1; select 2;", [(1, ""), (1, "")]),
        ("plain", False, "select 1; begin; select 2; commit; select 3;",
         [(1, ""), (3, "they stand between BEGIN and COMMIT"), (1, "")]),
        ("sqitch", False, "begin; select 1; commit;", [(3, "they stand between BEGIN and COMMIT")]),
        ("plain", False, "begin; select 1; rollback; select 2;",
         [(3, "they stand between BEGIN and COMMIT"), (1, "")]),
        ("plain", False, "begin; savepoint s; rollback to s; commit; select 1;",
         [(4, "they stand between BEGIN and COMMIT"), (1, "")]),
        ("plain", False, "begin; select 1; commit and chain; select 2;",
         [(3, "they stand between BEGIN and COMMIT"), (1, "they stand between COMMIT AND CHAIN and COMMIT")]),
        ("prisma", True, "select 1; commit; select 2; select 3;",
         [(2, "Prisma runs the file in one transaction"), (2, "Prisma runs the file in one transaction")]),
        ("dbmate", True, "select 1; commit; select 2; select 3;",
         [(2, "dbmate runs the file in one transaction"), (1, ""), (1, "")]),
        ("flyway", True, "create index concurrently i on t (a); drop index concurrently j;", [(1, ""), (1, "")]),
        ("flyway", True, "create index concurrently i on t (a); select 1;",
         [(2, "Flyway runs the file in one transaction")]),
    ],
)  # fmt: skip
def test_units(layout: str, transaction: bool, text: str, expected: list[tuple[int, str]]) -> None:
    """What commits together, by how the layout's tool sends the file and by BEGIN and COMMIT in it."""
    assert units(SqlFile(path="1.sql", text=text, layout=layout, transaction=transaction)) == expected


def in_pipeline(connection: Connection, *statements: str) -> None:
    """Send statements the way the Supabase CLI sends a file."""
    with connection.pipeline():
        for statement in statements:
            connection.execute(statement.encode())


def test_message_and_pipeline_are_transactions(database: Connection) -> None:
    """Statements sent as one message commit together, those after a COMMIT in it are in a transaction of their own."""
    with pytest.raises(psycopg.errors.ActiveSqlTransaction):
        database.execute("create table m (a int); create index concurrently mi on m (a)")
    assert database.execute("select to_regclass('m')").fetchone() == (None,)
    with pytest.raises(psycopg.errors.DivisionByZero):
        database.execute("create table m (a int); commit; create table n (a int); select 1/0")
    assert database.execute("select to_regclass('m') is null, to_regclass('n') is null").fetchone() == (False, True)
    with pytest.raises(psycopg.errors.DivisionByZero):
        in_pipeline(database, "create table p (a int)", "select 1/0")
    assert database.execute("select to_regclass('p')").fetchone() == (None,)


def test_the_first_of_a_pipeline_is_alone(database: Connection) -> None:
    """What refuses a transaction may come first in a pipeline, but neither second nor twice."""
    database.execute("create table t (a int)")
    in_pipeline(database, "create index concurrently one on t (a)", "select 1")
    for first in ("select 1", "set lock_timeout = 0", "create index concurrently two on t (a)"):
        with pytest.raises(psycopg.errors.ActiveSqlTransaction):
            in_pipeline(database, first, "create index concurrently three on t (a)", "select 1")
    made = database.execute(
        "select indexrelid::regclass::text, indisvalid from pg_index where indrelid = 't'::regclass"
    )
    assert made.fetchall() == [("one", True), ("two", False)]


@pytest.mark.parametrize(
    ("sql", "refused"),
    [
        ("create index concurrently i on t (a)", True),
        ("create index i on t (a)", False),
        ("drop index concurrently if exists i", True),
        ("drop index if exists i", False),
        ("reindex table concurrently t", True),
        ("reindex (concurrently false) table t", False),
        ("reindex (verbose) table t", False),
        ("reindex schema public", True),
        ("vacuum t", True),
        ("analyze t", False),
        ("cluster", True),
        ("alter table p detach partition q concurrently", True),
        ("alter table p detach partition q", False),
        ("refresh materialized view concurrently m", False),
        ("alter system set work_mem = '4MB'", True),
        ("create database d", True),
        ("drop database if exists nothing", True),
        ("create subscription s connection 'dbname=x' publication p", True),
        ("create subscription s connection 'dbname=x' publication p with (connect = false)", False),
        ("alter type e add value 'b'", False),
    ],
)
def test_what_refuses_a_transaction(database: Connection, sql: str, refused: bool) -> None:
    """The server says 25001 of exactly these."""
    database.execute(
        "create table t (a int); create table p (a int) partition by list (a); create type e as enum ('a');"
        "create table q partition of p for values in (1); create materialized view m as select 1 as a;"
        "create unique index on m (a)"
    )
    statement = parse_file(SqlFile(path="", text=sql)).statements[0]
    assert refuses_transaction(statement.kind, statement.node) is refused
    database.execute("begin")
    try:
        database.execute(sql.encode())
        state = None
    except psycopg.Error as error:
        state = error.sqlstate
    database.execute("rollback")
    assert (state == "25001") is refused, state
