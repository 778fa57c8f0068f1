"""A database with a few objects, for tests that only ask questions about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg import sql

from tests.catalog.build.support import run

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server


@contextmanager
def scratch(server: Server, setup: str) -> Iterator[Connection]:
    """A connection to a fresh database after the setup; database and roles are gone afterwards."""
    query = "select rolname from pg_roles"
    name = server.create_database()
    with server.connect(name) as connection:
        before = {role for (role,) in connection.execute(query).fetchall()} | {"postgres"}
        assert run(connection, setup) == []
        yield connection
    server.drop_database(name)
    with server.connect() as connection:
        for role in {role for (role,) in connection.execute(query).fetchall()} - before:
            connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))
