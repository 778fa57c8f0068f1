"""Tables, columns, constraints, indexes and sequences: the builder says what a real server has after the same SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.snippets import CASES
from tests.catalog.build.support import compare

if TYPE_CHECKING:
    from policytool.postgres.server import Connection


@pytest.mark.parametrize("sql", [pytest.param(sql, id=name) for name, sql in CASES.items()])
def test_builder_agrees_with_server(database: Connection, sql: str) -> None:
    """Whatever Postgres makes of a snippet, and whatever it refuses, the builder says the same."""
    server, builder = compare(database, sql)
    assert builder == server
