"""Renames keep what a thing holds: as a hint says, as the contents show, or where nothing but the name is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec import Struct

from policytool.catalog.build import build
from policytool.diff.hints import hints
from policytool.diff.run import Diff, Options, compare
from policytool.source.model import SqlFile
from tests.catalog.closing import platform
from tests.diff.cases import database, differences, observed, run, sql_of

if TYPE_CHECKING:
    from policytool.postgres.server import Server


class Pair(Struct, frozen=True):
    """Two ends, the statements between them where renames are guessed, and rows to be kept."""

    before: str
    after: str
    statements: tuple[str, ...]
    seed: str = ""
    kept: str = ""


ENUM = "create type e as enum ('a', 'b'); create table t (x e default 'a', check (x <> 'b'));"
HINTED = {
    "a table": Pair(
        "create table old (id integer primary key); create view v as select id from old;",
        "-- policytool: renamed from old\ncreate table new (id integer primary key, n text);\n"
        "create view v as select id from new;",
        (
            "alter table public.old rename to new",
            "alter table public.new rename constraint old_pkey to new_pkey",
            "alter table public.new add column n text",
        ),
        "insert into old values (1), (2)",
        "select string_agg(id::text, ',') from new",
    ),
    "a table, on the line of its end": Pair(
        "create table old (id integer);",
        "create table new (id integer); -- policytool: renamed from old",
        ("alter table public.old rename to new",),
        "insert into old values (1), (2)",
        "select string_agg(id::text, ',') from new",
    ),
    "a table of another schema": Pair(
        "create schema a; create schema b; create table a.t (id integer);",
        "create schema a; create schema b;\n-- policytool: renamed from a.t\ncreate table b.u (id integer);",
        ("alter table a.t rename to u", "alter table a.u set schema b"),
        "insert into a.t values (1), (2)",
        "select string_agg(id::text, ',') from b.u",
    ),
    "a column": Pair(
        "create table t (id integer, c text); create policy p on t using (c = 'x'); create index i on t (c);",
        "create table t (\n  id integer,\n  d text -- policytool: renamed from c\n);\n"
        "create policy p on t using (d = 'x'); create index i on t (d);",
        ("alter table public.t rename column c to d",),
        "insert into t values (1, '1'), (2, '2')",
        "select string_agg(d, ',') from t",
    ),
    "a column and its table": Pair(
        "create table t (id integer, c text);",
        "-- policytool: renamed from t\ncreate table u (\n  id integer,\n  -- policytool: renamed from c\n  d text\n);",
        ("alter table public.t rename to u", "alter table public.u rename column c to d"),
        "insert into t values (1, '1'), (2, '2')",
        "select string_agg(d, ',') from u",
    ),
    "a column that is of another type, too": Pair(
        "create table t (id integer, c integer);",
        "create table t (\n  id integer,\n  d text not null -- policytool: renamed from c\n);",
        (
            "alter table public.t rename column c to d",
            "alter table public.t alter column d type text",
            "alter table public.t alter column d set not null",
        ),
        "insert into t values (1, 1), (2, 2)",
        "select string_agg(d, ',') from t",
    ),
    "a function": Pair(
        "create function f(a integer) returns integer language sql as 'select 1';"
        "create table t (a integer default f(1));",
        "-- policytool: renamed from f\ncreate function g(a integer) returns integer language sql as 'select 1';\n"
        "create table t (a integer default g(1));",
        ("alter function public.f(integer) rename to g",),
    ),
    "a type": Pair(
        ENUM,
        "-- policytool: renamed from e\ncreate type mood as enum ('a', 'b');\n"
        "create table t (x mood default 'a', check (x <> 'b'));",
        ("alter type public.e rename to mood",),
        "insert into t values ('a')",
        "select x from t",
    ),
    "a label": Pair(
        "create type e as enum ('a', 'b'); create table t (x e default 'a');",
        "create type e as enum (\n  'a',\n  'c' -- policytool: renamed from 'b'\n);\ncreate table t (x e default 'a');",
        ("alter type public.e rename value 'b' to 'c'",),
        "insert into t values ('a')",
        "select x from t",
    ),
    "a schema": Pair(
        "create schema old; create table old.t (id integer); create function old.f() returns integer language sql as "
        "'select 1'; grant usage on schema old to public;",
        "-- policytool: renamed from old\ncreate schema new;\ncreate table new.t (id integer);"
        "create function new.f() returns integer language sql as 'select 1'; grant usage on schema new to public;",
        ("alter schema old rename to new",),
        "insert into old.t values (1), (2)",
        "select string_agg(id::text, ',') from new.t",
    ),
    "a view": Pair(
        "create table t (id integer); create view v as select id from t; grant select on v to public;",
        "create table t (id integer);\n-- policytool: renamed from v\ncreate view w as select id from t;\n"
        "grant select on w to public;",
        ("alter view public.v rename to w",),
    ),
    "an index, a policy, a trigger and a rule that are others, too": Pair(
        "create table t (a integer); create index i on t (a); create policy p on t using (a > 0);",
        "create table t (a integer);\n-- policytool: renamed from i\ncreate index j on t (a) with (fillfactor = 50);\n"
        "-- policytool: renamed from p\ncreate policy q on t using (a > 1);",
        (
            "alter index public.i rename to j",
            "alter policy p on public.t rename to q",
            "alter index public.j set (fillfactor = 50)",
            "alter policy q on public.t\n  using (a > 1)",
        ),
    ),
    "a constraint": Pair(
        "create table t (a integer); alter table t add constraint c check (a > 0) not valid;",
        "create table t (\n  a integer,\n  constraint d check (a > 0) -- policytool: renamed from c\n);",
        ("alter table public.t rename constraint c to d", "alter table public.t validate constraint d"),
    ),
}
GUESSED = {
    "a table": Pair(
        "create table old (id integer, n text);",
        "create table new (id integer, n text);",
        ("alter table public.old rename to new",),
    ),
    "a column": Pair(
        "create table t (id integer, c text default 'x');",
        "create table t (id integer, d text default 'x');",
        ("alter table public.t rename column c to d",),
    ),
    "a function": Pair(
        "create function f() returns integer language sql as 'select 42';",
        "create function g() returns integer language sql as 'select 42';",
        ("alter function public.f() rename to g",),
    ),
    "a type": Pair(
        "create type e as enum ('a', 'b');",
        "create type f as enum ('a', 'b');",
        ("alter type public.e rename to f",),
    ),
    "a label": Pair(
        "create type e as enum ('a', 'b');",
        "create type e as enum ('a', 'c');",
        ("alter type public.e rename value 'b' to 'c'",),
    ),
    "a schema": Pair(
        "create schema a; create table a.t (id integer);",
        "create schema b; create table b.t (id integer, n text);",
        ("alter schema a rename to b", "alter table b.t add column n text"),
    ),
}
FREE = {
    "a constraint": Pair(
        "create table t (a integer constraint c check (a > 0));",
        "create table t (a integer constraint d check (a > 0));",
        ("alter table public.t rename constraint c to d",),
    ),
    "a key": Pair(
        "create table t (a integer constraint c primary key);",
        "create table t (a integer constraint d primary key);",
        ("alter table public.t rename constraint c to d",),
    ),
    "an index": Pair(
        "create table t (a integer); create index i on t (a);",
        "create table t (a integer); create index j on t (a);",
        ("alter index public.i rename to j",),
    ),
    "a policy": Pair(
        "create table t (a integer); create policy p on t using (a > 0);",
        "create table t (a integer); create policy q on t using (a > 0);",
        ("alter policy p on public.t rename to q",),
    ),
    "a trigger": Pair(
        "create function f() returns trigger language plpgsql as 'begin return new; end'; create table t (a integer);"
        "create trigger a before insert on t for each row execute function f();",
        "create function f() returns trigger language plpgsql as 'begin return new; end'; create table t (a integer);"
        "create trigger b before insert on t for each row execute function f();",
        ("alter trigger a on public.t rename to b",),
    ),
}


def _diff(pair: Pair, renames: str = "off") -> Diff:
    base = platform("postgres")
    before = build([SqlFile(path="before.sql", text=pair.before)], base)
    after = build([SqlFile(path="after.sql", text=pair.after)], base)
    found = hints(after.statements, after.catalog)
    options = Options(allow_drops=True, renames=renames)
    return compare(before.catalog, after.catalog, base, hints=found, options=options)


@pytest.mark.parametrize("name", HINTED)
def test_a_hint_renames(name: str) -> None:
    """What the SQL says was renamed is renamed, and nothing is lost."""
    diff = _diff(HINTED[name])
    assert tuple(change.sql for change in diff.changes) == HINTED[name].statements
    assert diff.problems == ()
    assert not diff.hazards & {"DATA_LOSS", "RENAME_GUESSED"}


@pytest.mark.parametrize("name", GUESSED)
def test_contents_that_are_alike_rename_where_that_is_wanted(name: str) -> None:
    """With --renames auto, and the statement says that it is a guess; otherwise it is dropped and made."""
    diff = _diff(GUESSED[name], "auto")
    assert tuple(change.sql for change in diff.changes) == GUESSED[name].statements
    assert diff.problems == ()
    assert "RENAME_GUESSED" in {hazard.name for hazard in diff.changes[0].hazards}
    plain = _diff(GUESSED[name])
    assert not [change for change in plain.changes if " rename " in change.sql and "__old" not in change.sql]
    assert plain.problems == ()


@pytest.mark.parametrize("name", FREE)
def test_what_holds_nothing_is_renamed_without_asking(name: str) -> None:
    """A part that is the same but for its name is not made again, and no guess: its contents are all of it."""
    diff = _diff(FREE[name])
    assert tuple(change.sql for change in diff.changes) == FREE[name].statements
    assert diff.problems == ()
    assert "RENAME_GUESSED" not in diff.hazards


def test_a_hint_at_the_end_of_a_line_speaks_of_the_statement() -> None:
    """A table, a type, and the column of an ALTER TABLE; a label only where one is named."""
    base = platform("postgres")
    text = (
        "create table new (id integer); -- policytool: renamed from old\n"
        "create type mood as enum ('a', 'b'); -- policytool: renamed from e\n"
        "create type other as enum ('c'); -- policytool: renamed from 'd'\n"
        "alter table new add column n text; -- policytool: renamed from m\n"
    )
    found = build([SqlFile(path="after.sql", text=text)], base)
    assert [str(rename) for rename in hints(found.statements, found.catalog)] == [
        "table public.old as public.new",
        "enum public.e as public.mood",
        "value d of public.other as c",
        "column m of public.new as n",
    ]


def test_two_that_look_the_same_are_not_guessed() -> None:
    """Which of two is which nobody can tell."""
    pair = Pair("create table a (id integer); create table b (id integer);", "create table c (id integer);", ())
    assert not [c for c in _diff(pair, "auto").changes if " rename " in c.sql]


def test_no_hint_without_what_it_speaks_of() -> None:
    """A hint that names nothing of before, or something that stays, does nothing."""
    for old in ("gone", "stays"):
        pair = Pair(
            "create table stays (id integer);",
            f"create table stays (id integer);\n-- policytool: renamed from {old}\ncreate table new (x text);",
            (),
        )
        assert [change.action for change in _diff(pair).changes] == ["create"]


@pytest.mark.parametrize("name", [name for name, pair in HINTED.items() if pair.seed])
def test_a_server_keeps_the_rows(postgres_server: Server, name: str) -> None:
    """The rows are there under the new name, and the server ends at AFTER."""
    pair = HINTED[name]
    with database(postgres_server) as database_:
        run(postgres_server, database_, [pair.after])
        wanted = observed(postgres_server, database_)
    with database(postgres_server) as database_:
        run(postgres_server, database_, [pair.before, pair.seed, sql_of(_diff(pair))])
        with postgres_server.administer(database_) as connection:
            kept = connection.execute(pair.kept.encode()).fetchone()
        assert differences(observed(postgres_server, database_), wanted) == []
    assert kept in (("1,2",), ("a",))
