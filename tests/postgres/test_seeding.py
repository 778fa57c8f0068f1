"""Rows that are wanted: given columns are kept, references resolved, the rest made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from policytool.catalog.introspect import introspect
from policytool.postgres.seeding import Harvest, Ref, Wanted, plant
from policytool.postgres.server import Server

Plant = Callable[..., Harvest]


@pytest.fixture
def name(postgres_server: Server) -> Iterator[str]:
    """A fresh database of plain Postgres."""
    made = postgres_server.create_database("postgres_plain", owner="postgres")
    yield made
    postgres_server.drop_database(made)


@pytest.fixture
def grow(postgres_server: Server, name: str) -> Plant:
    """Makes some tables, which postgres owns, and plants rows: (table, handle, given columns)."""

    def run(sql: str, *wanted: tuple[str, str, dict[str, Any]]) -> Harvest:
        with postgres_server.connect(name) as connection:
            connection.execute(f"set role postgres; {sql}".encode())
            catalog = introspect(connection)
            wishes = [Wanted(table=("public", table), handle=handle, given=given) for table, handle, given in wanted]
            return plant(connection, catalog, wishes)

    return run


def test_references_and_parents(grow: Plant) -> None:
    """A row refers to another by its handle, in any order; parents that nobody wants are made up."""
    found = grow(
        "create table orgs (id uuid primary key); create table people (id uuid primary key, org uuid not null"
        " references orgs); create table notes (id bigint generated always as identity primary key, title text not"
        " null, by uuid not null references people);",
        ("notes", "n", {"by": Ref("p")}), ("people", "p", {}),
    )  # fmt: skip
    assert found.failed == {}
    assert found.rows["n"].row["by"] == found.rows["p"].row["id"]
    assert found.rows["n"].row["title"]
    assert found.rows["n"].row["ctid"] == "(0,1)"


def test_a_table_that_is_not_there(grow: Plant) -> None:
    """It fails with a reason, and so does what refers to it."""
    found = grow("create table a (id int primary key, b int);", ("b", "b", {}), ("a", "a", {"b": Ref("b")}))
    assert found.failed == {"b": "there is no table public.b", "a": "b refers to b, which has no row"}
