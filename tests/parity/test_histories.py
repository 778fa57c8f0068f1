"""Whatever history Postgres accepts, the builder ends with the same catalog."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given, settings

from policytool.postgres.server import Server, throwaway
from tests.catalog.build.support import run
from tests.parity.histories import BEGINNING, ROLES, histories
from tests.parity.support import built, disagreements


@pytest.fixture(scope="module")
def beginning() -> Iterator[Server]:
    """A server with roles of its own and a template of a few objects for statements to meet."""
    with throwaway() as server:
        server.create_database(name="beginning")
        with server.connect("beginning") as connection:
            assert run(connection, ROLES + BEGINNING) == []
        yield server


@pytest.mark.server
@settings(max_examples=80, deadline=None, derandomize=True)
@given(history=histories())
def test_histories_end_alike(beginning: Server, history: list[str]) -> None:
    """In every field; and nothing that Postgres accepts is refused, assumed or left out."""
    database = beginning.create_database("beginning")
    try:
        with beginning.connect(database) as connection:
            accepted = [statement for statement in history if _accepts(connection, statement)]
            catalog = built("; ".join([ROLES + BEGINNING, *accepted, ""]))
            assert [f"{item.kind}: {item.message}" for item in catalog.unmodelled if item.security] == []
            assert disagreements(connection, catalog) == []
    finally:
        beginning.drop_database(database)


def _accepts(connection: psycopg.Connection, statement: str) -> bool:
    if connection.execute("select session_user").fetchone() != ("postgres",):
        connection.execute("set session authorization postgres")
    try:
        connection.execute(statement.encode())
    except psycopg.Error:
        if connection.info.transaction_status.name != "IDLE":
            connection.execute("rollback")
        return False
    return True
