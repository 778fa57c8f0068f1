"""Eight mistakes of real projects: each is found with what lets it through, and none where there is none."""

from __future__ import annotations

import time

import pytest

from policytool.postgres.server import Server
from policytool.testing.observed.minimise import Shown
from tests.testing.observed.clinic import MISTAKES, RIGHT, WRONG, with_one
from tests.testing.observed.conftest import Observe, Seen, load_sql, see

KINDS = {
    "a table without RLS": "reads", "a user sets their own role": "promotes", "a row for another": "forges",
    "an owner is reassigned": "gives away", "anybody enrols": "enrols", "a delete without a filter": "deletes",
    "an inverted null check": "reads", "a definer view": "door",
}  # fmt: skip


@pytest.fixture(scope="module")
def wrong(supabase_server: Server) -> Seen:
    """The schema with all mistakes."""
    return see(supabase_server, load_sql(WRONG))


def leaks(seen: Seen) -> dict[tuple[str, str], Shown]:
    return {(s.leak.table[1], s.leak.kind): s for s in seen.observation.leaks}


def test_all_eight_are_found_and_nothing_else(wrong: Seen) -> None:
    """One leak for each mistake."""
    assert sorted(leaks(wrong)) == sorted((table, KINDS[name]) for name, (table, _, _) in MISTAKES.items())
    assert wrong.observation.unmeasured == ()


@pytest.mark.parametrize("name", MISTAKES)
def test_each_is_found_alone(name: str, observed: Observe) -> None:
    """In a schema that is right in all else."""
    assert list(leaks(observed(with_one(name)))) == [(MISTAKES[name][0], KINDS[name])]


def test_there_is_no_false_alarm(observed: Observe) -> None:
    """What is open by design is a fact of the matrix: clinics, names, shared notes, plans."""
    seen = observed(RIGHT)
    assert seen.observation.leaks == ()
    assert seen.reach("anon", "profiles", "SELECT") == "all"
    assert seen.reach("authenticated", "notes", "SELECT") == "conditional"
    assert seen.differing == []


def test_a_leak_is_shown_by_statements_that_run(wrong: Seen) -> None:
    """On the schema as it is, as whom and with which claims; what let it through is named with its line."""
    for name, (table, sql, _) in MISTAKES.items():
        shown = leaks(wrong)[table, KINDS[name]]
        assert shown.note == "", name
        assert "row" in shown.steps[-1].outcome
        places = [r.location for r in shown.because if r.location]
        line = 1 + WRONG[: WRONG.index(sql)].count("\n")
        assert line in [p.line for p in places] or name == "a user sets their own role", name
        assert shown.steps[-1].role in ("anon", "authenticated")


def test_an_enrolment_says_what_it_gains(wrong: Seen) -> None:
    """A stranger joins a clinic and reads its rooms, its visits and who works there."""
    gains = {(g.table, g.command): (g.before, g.after) for g in leaks(wrong)["staff", "enrols"].leak.gains}
    assert gains["public.rooms", "SELECT"] == (0, 1)
    assert gains["public.rooms", "UPDATE"] == (0, 1)
    assert gains["public.visits", "SELECT"][0] == 0
    assert gains["public.visits", "SELECT"][1] > 0


def test_the_shape_of_a_statement_matters(wrong: Seen) -> None:
    """With a filter the delete reaches no row of others, since SELECT policies then apply; without one it does."""
    shown = leaks(wrong)["rooms", "deletes"]
    assert shown.steps[-1].sql == "delete from public.rooms"
    (cell,) = (
        c for c in wrong.observation.cells
        if (c.role, c.table, c.command) == ("authenticated", "public.rooms", "DELETE")
    )  # fmt: skip
    assert cell.shapes["unfiltered"] == "2 rows"
    assert cell.shapes["filtered"] == "1 row"


def test_eight_are_found_within_three_seconds(supabase_server: Server) -> None:
    """With the server up and the schema applied."""
    loaded = load_sql(WRONG)
    see(supabase_server, loaded)
    began = time.process_time()
    see(supabase_server, loaded)
    assert time.process_time() - began < 3
