"""Databases with nothing in them but the bootstrap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server


@pytest.fixture
def new_project(supabase_server: Server) -> Iterator[Connection]:
    """A connection as superuser, in a transaction that is rolled back, to a database as a new project has it."""
    with supabase_server.connect("supabase_legacy") as connection, connection.transaction(force_rollback=True):
        yield connection
