"""Plans between two databases: a server shows some things otherwise than migrations make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.diff.cases import DIRECTIONS, case, database, differ, differences, observed, run, sql_of

if TYPE_CHECKING:
    from policytool.postgres.server import Server

# Extensions with all that they bring, definitions that are spelled by the server, types that only a server knows.
NAMES = (
    "extension-add", "extension-dropped-in-use", "collation-in-use", "collation-statistics", "cast-operator",
    "operator-change",
)  # fmt: skip


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_closes_between_databases(postgres_server: Server, name: str, direction: str) -> None:
    """The plan is made from what the server shows of both ends, and brings the one to the other."""
    pair = case(name, direction)
    with database(postgres_server) as after:
        run(postgres_server, after, [pair.after])
        wanted = observed(postgres_server, after)
    with database(postgres_server) as before:
        run(postgres_server, before, [pair.before])
        diff = differ(observed(postgres_server, before).catalog, wanted.catalog)
        assert diff.problems == ()
        run(postgres_server, before, [sql_of(diff)])
        assert differences(observed(postgres_server, before), wanted) == []
