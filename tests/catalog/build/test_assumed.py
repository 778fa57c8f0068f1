"""Objects that no migration made: taken to exist, said once, and made real when they turn up."""

from __future__ import annotations

import pytest

from policytool.catalog.build import build
from policytool.source.model import SqlFile
from tests.catalog.build.support import built, platform


def said(sql: str) -> list[tuple[str, int, str]]:
    """Kind, line and message of what the catalog says it did not model."""
    return [(u.kind, u.location.line, u.message) for u in built(sql).unmodelled]


def test_altered_table_is_assumed_once() -> None:
    """A table that a migration only alters is in the catalog, marked, and named once."""
    sql = "alter table dash enable row level security;\nalter table public.dash force row level security;"
    table = built(sql).tables["public", "dash"]
    assert (table.assumed, table.rls_enabled, table.rls_forced) == (True, True, True)
    assert said(sql) == [("assumed", 1, "table public.dash is assumed: no migration made it")]


def test_if_exists_assumes_nothing() -> None:
    """IF EXISTS says that the table may not be there."""
    assert built("alter table if exists dash enable row level security; drop table if exists other").tables == {}


def test_columns_of_an_assumed_table_come_as_they_are_named() -> None:
    """Statements on an assumed table tell which columns it has, and ADD COLUMN what one of them is."""
    sql = """create index on dash (a); alter table dash alter b set not null, add constraint k check (c > 0);
        alter table dash add column a uuid default gen_random_uuid()"""
    columns = built(sql).tables["public", "dash"].columns
    assert {c.name: (c.type, c.not_null) for c in columns} == {
        "a": ("uuid", False),
        "b": ("unknown", True),
        "c": ("unknown", False),
    }


def test_create_makes_an_assumed_table_real() -> None:
    """CREATE TABLE after the fact gives columns and key; what was done to the table before stays."""
    sql = """create table note (owner uuid references person); alter table person enable row level security;
        create policy own on person using (uid is not null); grant select on person to public;
        create table if not exists person (id uuid primary key, uid uuid, name text)"""
    catalog = built(sql)
    table = catalog.tables["public", "person"]
    assert not table.assumed
    assert [c.name for c in table.columns] == ["id", "uid", "name"]
    assert (table.rls_enabled, [p.name for p in table.policies]) == (True, ["own"])
    assert ("public", "SELECT") in {(g.grantee, g.privilege) for g in table.grants}
    (key,) = catalog.tables["public", "note"].constraints
    assert key.reference is not None
    assert key.reference.columns == ("id",)


def test_assumed_table_may_turn_out_to_be_a_view() -> None:
    """A view made after a grant on its name is a view, and the grant stays."""
    catalog = built("grant select on board to public; create view board as select 1 as x")
    assert ("public", "board") not in catalog.tables
    assert ("public", "SELECT") in {(g.grantee, g.privilege) for g in catalog.views["public", "board"].grants}


def test_unknown_type_is_assumed() -> None:
    """A column of a type that no migration made has that type, and the type is named."""
    sql = "create table t (a mood)"
    assert built(sql).tables["public", "t"].columns[0].type == "public.mood"
    assert [message for _, _, message in said(sql)] == ["type public.mood is assumed: no migration made it"]


def test_missing_column_of_a_known_table_is_refused() -> None:
    """On a table that a migration made, a column that is not there is an error."""
    sql = "create table t (a int); create index on t (b)"
    assert [kind for kind, _, _ in said(sql)] == ["refused"]
    assert built(sql).tables["public", "t"].indexes == ()


@pytest.mark.parametrize(
    "statement", ["alter view board set (security_invoker)", "alter index i set (fillfactor = 50)"]
)
def test_other_relations_are_not_made_up(statement: str) -> None:
    """A view or index that no migration made is not invented: the statement is recorded as not modelled."""
    assert [kind for kind, _, _ in said(statement)] == ["AlterTableStmt"]


def test_temporary_tables_end_with_their_file() -> None:
    """A temporary table hides a real one only in its own file, and is never in the catalog."""
    files = [
        SqlFile(
            path="1.sql", text="create table t (a int); create temp table t (b int); alter table t add column c int;"
        ),
        SqlFile(path="2.sql", text="alter table t add column d int; create temp table u (x serial);"),
        SqlFile(path="3.sql", text="create temp table u (x int);"),
    ]
    catalog = build(files, platform()).catalog
    assert [c.name for c in catalog.tables["public", "t"].columns] == ["a", "d"]
    assert (list(catalog.tables), list(catalog.sequences), catalog.unmodelled) == ([("public", "t")], [], ())


def test_what_is_assumed_is_said_at_its_statement() -> None:
    """Also where the parser gives the name no place of its own, as in COMMENT."""
    sql = "create table a (id int);\ncomment on table public.nobody is 'x';\ngrant select on a to somebody;"
    assert [(line, message.split()[1]) for _, line, message in said(sql)] == [(2, "public.nobody"), (3, "somebody")]
