"""A fresh database whose roles are gone afterwards: roles belong to the whole server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server


@pytest.fixture
def cluster(server: Server) -> Iterator[Connection]:
    """An autocommit connection to a fresh database; roles made by the test are dropped with it."""
    query = "select rolname from pg_roles"
    with server.connect() as connection:
        before = {name for (name,) in connection.execute(query).fetchall()}
    database = server.create_database()
    with server.connect(database) as connection:
        yield connection
    server.drop_database(database)
    with server.connect() as connection:
        after = {name for (name,) in connection.execute(query).fetchall()}
        for name in after - before:
            if name != "postgres":
                connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
