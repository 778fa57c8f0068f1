"""Plans in steps that let others work meanwhile: they close as the others do, and hold no lock for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policytool.diff.run import Options, compare
from policytool.report import diff_sql
from tests.catalog.closing import built, platform
from tests.diff.cases import CASES, DIRECTIONS, Case, case, database, differ, differences, observed, run

if TYPE_CHECKING:
    from policytool.diff.run import Diff
    from policytool.postgres.server import Server

ONLINE = Options(allow_drops=True, online=True)


def online(pair: Case) -> Diff:
    """The diff of a case, in steps."""
    return between(pair.before, pair.after)


def between(before: str, after: str) -> Diff:
    """The diff of two texts, in steps."""
    return compare(built(before, "postgres"), built(after, "postgres"), platform("postgres"), options=ONLINE)


def steps(diff: Diff) -> list[list[str]]:
    """The statements by segment."""
    found: dict[int, list[str]] = {}
    for change in diff.changes:
        found.setdefault(change.segment, []).append(change.sql)
    return list(found.values())


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", CASES)
def test_closes_in_the_simulation(name: str, direction: str) -> None:
    """No step is refused, nothing is left, and no commit is more open than both ends."""
    diff = online(case(name, direction))
    assert diff.problems == ()
    assert [change.sql for change in differ(diff.plan.simulated, diff.plan.after).changes] == []
    for change in diff.changes:
        same = [other for other in diff.changes if other.segment == change.segment]
        assert not change.alone or same == [change]


STEPPED = [
    (name, direction)
    for name in CASES
    for direction in DIRECTIONS
    if any(
        word in name for word in ("index", "constraint", "not-null", "slice", "enum", "domain", "partition", "column")
    )
]


@pytest.mark.parametrize(("name", "direction"), STEPPED)
def test_closes_on_a_server(postgres_server: Server, name: str, direction: str) -> None:
    """A server that runs the steps over rows ends with AFTER's catalog."""
    pair = case(name, direction)
    diff = online(pair)
    if not any(c.segment for c in diff.changes):
        pytest.skip("a server cannot go there, or there is one step only")
    with database(postgres_server) as database_name:
        run(postgres_server, database_name, [pair.after])
        wanted = observed(postgres_server, database_name)
    with database(postgres_server) as database_name:
        run(postgres_server, database_name, [pair.before, *([pair.seed] if pair.seed else [])])
        run(postgres_server, database_name, [diff_sql.render(diff)])
        assert differences(observed(postgres_server, database_name), wanted) == []
