"""Every case closes both ways: in the simulation, and on a real server that ran the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.closing import built
from tests.diff.cases import (
    CASES,
    DIRECTIONS,
    applied,
    case,
    database,
    diff_of,
    differ,
    differences,
    observed,
    run,
    sql_of,
)

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", CASES)
def test_closes_in_the_simulation(name: str, direction: str) -> None:
    """No statement of the plan is refused, nothing is left, and a second diff has nothing to do."""
    diff = diff_of(case(name, direction))
    assert diff.problems == ()
    assert [change.sql for change in differ(diff.plan.simulated, diff.plan.after).changes] == []


@pytest.mark.parametrize("name", CASES)
def test_nothing_to_do_between_equals(name: str) -> None:
    """The same SQL twice gives no statement."""
    for text in (case(name).before, case(name).after):
        assert [change.sql for change in differ(built(text, "postgres"), built(text, "postgres")).changes] == []


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", CASES)
def test_closes_on_a_server(postgres_server: Server, name: str, direction: str) -> None:
    """The server ends with AFTER's catalog, pg_dump agrees, rows are kept, and a second diff has nothing to do."""
    pair = case(name, direction)
    if direction == "down" and (why := pair.text("up-only.txt")):
        pytest.skip(why)
    diff = diff_of(pair)
    wanted = applied(postgres_server, [pair.after])
    with database(postgres_server) as name_:
        seed = pair.text("seed.sql") if direction == "up" else None
        run(postgres_server, name_, [pair.before, *([seed] if seed else [])])
        with postgres_server.administer(name_) as connection:
            rows = _rows(connection)
        run(postgres_server, name_, [sql_of(diff)])
        got = observed(postgres_server, name_)
        with postgres_server.administer(name_) as connection:
            kept = _rows(connection)
    assert differences(got, wanted) == []
    assert [change.sql for change in differ(got.catalog, wanted.catalog).changes] == []
    if "DATA_LOSS" not in diff.hazards:
        assert {table: kept.get(table) for table in rows} == rows


def _rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    found: dict[str, int] = {}
    query = (
        "select format('%I.%I', schemaname, tablename) from pg_catalog.pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema')"
    )
    for (name,) in connection.execute(query).fetchall():
        row = connection.execute(f"select count(*) from only {name}".encode()).fetchone()
        if row is not None and row[0]:
            found[name] = row[0]
    return found
