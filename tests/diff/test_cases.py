"""Every case closes both ways: in the simulation, and on a real server that ran the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.catalog.closing import built
from tests.diff.cases import (
    CASES,
    DIRECTIONS,
    SERVED,
    Case,
    Observed,
    case,
    database,
    diff_of,
    differ,
    differences,
    observed,
    rows,
    run,
    sql_of,
)

if TYPE_CHECKING:
    from policytool.diff.run import Diff
    from policytool.postgres.server import Server


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


@pytest.mark.parametrize("name", SERVED)
def test_closes_on_a_server(postgres_server: Server, name: str) -> None:
    """The server ends with AFTER's catalog, pg_dump agrees, rows are kept, and a second diff has nothing to do."""
    up, down = (_there(postgres_server, case(name, direction)) for direction in DIRECTIONS)
    dumped = case(name).dumped
    assert _wrong(up, wanted=down, dumped=dumped) == []
    assert _wrong(down, wanted=up, dumped=dumped) == []


class There(NamedTuple):
    """A server before and after a plan, with the rows that it had and has."""

    diff: Diff
    began: Observed
    ended: Observed
    rows: dict[str, str]
    kept: dict[str, str]


def _there(server: Server, pair: Case) -> There:
    diff = diff_of(pair)
    before, after = diff.plan.before, diff.plan.after
    with database(server) as name:
        run(server, name, [pair.before])
        began = observed(server, name)
        run(server, name, [pair.seed] if pair.seed else [])
        had = rows(server, name, before, after)
        run(server, name, [sql_of(diff)])
        return There(diff, began, observed(server, name), had, rows(server, name, before, after))


def _wrong(there: There, *, wanted: There, dumped: bool) -> list[str]:
    """What the plan of one direction left undone: the other begins where it has to end."""
    found = [d for d in differences(there.ended, wanted.began) if dumped or not d.startswith("dump:")]
    again = differ(there.ended.catalog, wanted.began.catalog)
    found += [f"a second diff: {change.sql}" for change in again.changes]
    if "DATA_LOSS" not in there.diff.hazards and there.kept != there.rows:
        found.append(f"rows: {there.kept} of {there.rows}")
    return found
