"""One call that runs statements on a server and in the builder, and says where the two differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.catalog.build.details import details
from tests.catalog.build.oracle import observed
from tests.catalog.build.predicted import predicted
from tests.catalog.build.support import folded, run
from tests.parity.support import disagreements

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FACETS = ("tables", "columns", "policies", "triggers", "rules", "views", "types", "comments", "schemas")


def differences(connection: Connection, sql: str) -> list[str]:
    """Everything that the server and the builder do not agree on after the same statements."""
    refused = dict(run(connection, sql))
    state, refusals = folded(sql)
    said = dict(refusals)
    found = [
        f"{statement}: server {refused.get(statement)}, builder {said.get(statement)}"
        for statement in {**refused, **said}
        if refused.get(statement) != said.get(statement)
    ]
    server = observed(connection, FACETS)
    builder = predicted(state.catalog("postgres"), FACETS)
    more_server, more_builder = details(connection, state)
    server.update(more_server)
    builder.update(more_builder)
    for facet, facts in server.items():
        for key in {**facts, **builder[facet]}:
            one, other = facts.get(key), builder[facet].get(key)
            if one != other:
                found.append(f"{facet} {key}: server {one}, builder {other}")
    return found + disagreements(connection, state.catalog("postgres"))
