"""Where a server and the builder differ after the same statements, in lines that a person can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.catalog.build.details import details
from tests.catalog.build.oracle import observed
from tests.catalog.build.predicted import predicted
from tests.catalog.build.support import folded, run
from tests.parity.support import disagreements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policytool.postgres.server import Connection


def contrast(connection: Connection, sql: str, facets: Sequence[str], *, texts: bool = False) -> list[str]:
    """Each fact that the two do not agree on; empty when they agree, also on what is refused and why.

    With `texts`, expressions, queries, routines and comments are compared, too.
    """
    refused, (state, refusals) = run(connection, sql), folded(sql)
    found = [] if refused == refusals else [f"refused: server {refused}, builder {refusals}"]
    server, builder = observed(connection, facets), predicted(state.catalog("postgres"), facets)
    if texts:
        more_server, more_builder = details(connection, state)
        server.update(more_server)
        builder.update(more_builder)
    for facet in server:
        one, other = server[facet], builder[facet]
        found.extend(
            f"{facet} {key}: server {one.get(key)}, builder {other.get(key)}"
            for key in sorted({*one, *other})
            if one.get(key) != other.get(key)
        )
    return found + disagreements(connection, state.catalog("postgres"))
