"""What easily goes wrong about row level security and privileges: the builder ends where a server ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.support import run
from tests.parity.support import built, disagreements

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

HEADING = "-- fact: "
_, *PARTS = (Path(__file__).parent / "facts.sql").read_text(encoding="utf-8").split(HEADING)
FACTS = [pytest.param(sql, id=name) for name, _, sql in (part.partition("\n") for part in PARTS)]


@pytest.mark.parametrize("sql", FACTS)
def test_builder_ends_where_a_server_ends(cluster: Connection, sql: str) -> None:
    """The same catalog in every field, and as many statements refused."""
    refused = run(cluster, sql)
    catalog = built(sql)
    assert [item.message for item in catalog.unmodelled if item.kind != "refused"] == []
    assert len(catalog.unmodelled) == len(refused)
    assert disagreements(cluster, catalog) == []
