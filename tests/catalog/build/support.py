"""Builds catalogs from SQL given as text, and runs the same SQL on a server to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policytool.catalog.build import build
from policytool.catalog.build.dispatch import execute
from policytool.catalog.build.platform import Platform, start
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.objects import Catalog
from policytool.source.model import SqlFile
from policytool.syntax.parse import parse_file
from tests.catalog.build.oracle import QUERIES, observed
from tests.catalog.build.predicted import Facts, predicted
from tests.parity.support import disagreements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policytool.postgres.server import Connection

Refusals = list[tuple[str, str]]  # the statement and its SQLSTATE
RELATIONS = ("tables", "columns", "constraints", "indexes", "sequences")


def platform(name: str = "postgres", major_version: int = 18) -> Platform:
    """A platform as the server of the suite is."""
    return Platform(name=name, exposed_schemas=("public",), major_version=major_version)


def built(sql: str, platform_name: str = "postgres") -> Catalog:
    """The catalog after the statements of one file."""
    return build([SqlFile(path="test.sql", text=sql)], platform(platform_name)).catalog


def folded(sql: str, platform_name: str = "postgres") -> tuple[State, Refusals]:
    """The state after the statements, and what was refused on the way; NotModelled is not caught."""
    state = start(platform(platform_name))
    refusals: Refusals = []
    for statement in parse_file(SqlFile(path="test.sql", text=sql)).statements:
        state.statement, mark = statement, state.savepoint()
        try:
            execute(state, statement.kind, statement.node)
        except Refused as error:
            state.rollback(mark)
            refusals.append((statement.sql, error.sqlstate))
        except NotModelled as error:
            raise AssertionError(f"not modelled: {error.message}: {statement.sql}") from error
    return state, refusals


def run(connection: Connection, sql: str, role: str = "postgres") -> Refusals:
    """Run the statements one by one as a superuser named like the builder's; what the server refused."""
    import psycopg

    if not connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone():
        connection.execute(f'create role "{role}" superuser login')
    connection.execute(f'set session authorization "{role}"')
    refusals: Refusals = []
    for statement in parse_file(SqlFile(path="test.sql", text=sql)).statements:
        try:
            connection.execute(statement.sql)
        except psycopg.Error as error:
            refusals.append((statement.sql, error.sqlstate or ""))
    return refusals


def compare(
    connection: Connection, sql: str, facets: Sequence[str] = tuple(QUERIES)
) -> tuple[tuple[dict[str, Facts], Refusals], tuple[dict[str, Facts], Refusals]]:
    """What the server has and what the builder says, each with the refused statements: to be asserted equal."""
    refused = run(connection, sql)
    state, refusals = folded(sql)
    catalog = state.catalog("postgres")
    server = observed(connection, facets) | {"parity": {}}
    builder = predicted(catalog, facets) | {"parity": dict.fromkeys(disagreements(connection, catalog))}
    return (server, refused), (builder, refusals)
