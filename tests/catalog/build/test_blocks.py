"""DO blocks: the builder ends with the catalog that a server has after running them, and leaves nothing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build import snippets_blocks
from tests.catalog.build.contrast import contrast
from tests.catalog.build.oracle import QUERIES
from tests.catalog.build.support import folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection


@pytest.mark.parametrize("name", snippets_blocks.CASES)
def test_blocks_end_as_on_a_server(cluster: Connection, name: str) -> None:
    """Every object, expression and refusal is that of a server, and nothing is recorded as left out."""
    sql = snippets_blocks.SETUP + snippets_blocks.CASES[name]
    state, _ = folded(sql)
    assert [record.message for record in state.unmodelled] == []
    assert contrast(cluster, sql, tuple(QUERIES), texts=True) == []
