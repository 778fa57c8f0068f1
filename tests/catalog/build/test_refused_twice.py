"""What is in the way of a statement may itself never have been made."""

import pytest

from policytool.catalog.build import build
from policytool.source.model import SqlFile
from tests.catalog.build.support import platform

ERROR = "create tabel broken (id int);\n"
MADE = "create table t (id int, u int); create policy p on t; create index i on t (u); create type e as enum ('a');"
TRIGGER = "create function f() returns trigger language plpgsql as 'begin return new; end';"
FIRES = "create trigger g after insert on t execute function f();"


def second(first: str, sql: str) -> list[str]:
    """What is said of the second file after the first."""
    files = [SqlFile(path="a/1.sql", text=first, order=0), SqlFile(path="a/2.sql", text=sql, order=1)]
    found = build(files, platform()).catalog.unmodelled
    return [item.message for item in found if item.location.path == "a/2.sql"]


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("create table t (id int);", 'relation "t" already exists'),
        ("create index i on t (id);", 'relation "i" already exists'),
        ("create policy p on t;", 'policy "p" for table "t" already exists'),
        ("create type e as enum ('b');", 'type "e" already exists'),
        ("alter table t add column u int;", 'column "u" of relation "t" already exists'),
        (FIRES, 'trigger "g" for relation "t" already exists'),
    ],
)
def test_a_file_with_an_error_may_have_made_nothing(sql: str, complaint: str) -> None:
    """The refusal depends on a file that Postgres undoes as a whole for its own error, and says so."""
    made = MADE + TRIGGER + FIRES
    assert second(made, sql) == [f"Postgres would refuse this: {complaint}"]
    undone = f"Postgres would refuse this, unless all of 1.sql fails for its own error: {complaint}"
    assert second(made + ERROR, sql) == [undone]
    assert second(made + "drop table nowhere;", sql) == [undone]


def test_what_is_made_in_the_same_file_is_in_the_way() -> None:
    """Another error of the same file changes nothing about what stands above it."""
    assert "unless" not in second("", f"{MADE}\ncreate table t (id int);\n{ERROR}")[0]
