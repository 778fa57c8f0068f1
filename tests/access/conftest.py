"""A server with the rows that policies are tried on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.access.visitors import ROWS, SCHEMA, TABLE

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server


@pytest.fixture(scope="session")
def rows(supabase_server: Server) -> Iterator[Connection]:
    """A connection as superuser to a database that holds `SCHEMA` and `ROWS`."""
    name = supabase_server.create_database("supabase_explicit")
    with supabase_server.connect(name) as connection:
        connection.execute((SCHEMA + TABLE + ROWS).encode())
        yield connection
    supabase_server.drop_database(name)
