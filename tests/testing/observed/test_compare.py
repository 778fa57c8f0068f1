"""Predicted equals observed, in every cell that can be decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from policytool import api
from policytool.postgres.server import Server
from tests.testing.observed.conftest import Observe, load_sql, see
from tests.testing.observed.hard import HARD, PLAIN

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", HARD)
def test_hard_cases_agree(name: str, observed: Observe) -> None:
    """Nothing differs, and most is decided."""
    seen = observed(HARD[name])
    assert seen.differing == []
    decided = [c for c in seen.compared if c.verdict == "agree"]
    assert len(decided) * 3 >= len(seen.compared) * 2


def test_the_example_product_agrees(supabase_server: Server) -> None:
    """All cells, without a leak."""
    loaded = api.load(str(ROOT), platform="supabase-explicit")
    seen = see(supabase_server, loaded)
    assert seen.differing == []
    assert [shown.leak.sentence for shown in seen.observation.leaks] == []
    undecided = [c for c in seen.compared if c.verdict == "not decidable"]
    assert len(undecided) < 10


def test_the_leaky_product_agrees_and_leaks(supabase_server: Server) -> None:
    """What its README says of rows is found, and each is named."""
    seen = see(supabase_server, api.load(str(ROOT / "examples" / "leaky"), platform="supabase-explicit"))
    assert seen.differing == []
    found = {(s.leak.table[1], s.leak.kind) for s in seen.observation.leaks}
    assert found == {
        ("profiles", "reads"), ("profiles", "promotes"), ("memberships", "enrols"), ("products", "changes"),
        ("products", "deletes"), ("orders", "reads"), ("products", "door"), ("classes", "reads"),
        ("bookings", "forges"), ("bookings", "gives away"), ("bookings", "door"), ("events_2026_06", "reads"),
        ("site_settings", "boasts"),
    }  # fmt: skip


def test_a_plain_database_is_tried_by_its_roles_and_settings(postgres_server: Server) -> None:
    """Each tenant has its setting; a role without one reaches nothing."""
    seen = see(postgres_server, load_sql(PLAIN, "postgres"), "postgres_plain")
    assert seen.differing == []
    assert seen.reach("app", "orders", "SELECT") == "tenant"
    assert seen.reach("auditor", "orders", "SELECT") == "none"


def test_public_is_whoever_logs_in(postgres_server: Server) -> None:
    """A database without roles of its own is tried with what PUBLIC has."""
    sql = "create table a (id integer primary key); create table b (id integer); grant select on a to public;"
    seen = see(postgres_server, load_sql(sql, "postgres"), "postgres_plain")
    assert seen.differing == []
    assert (seen.reach("public", "a", "SELECT"), seen.reach("public", "b", "SELECT")) == ("all", "none")


def test_how_a_refusal_came_about_is_told(observed: Observe) -> None:
    """A grant that is missing, a policy that filters or checks, a recursion, a trigger."""
    seen = observed(HARD["restrictive alone"])
    assert seen.why("anon", "notes", "SELECT") == "denied by grant"
    assert seen.why("authenticated", "notes", "SELECT") == "filtered"
    assert seen.why("authenticated", "notes", "INSERT") == "denied by check"
    assert seen.why("authenticated", "notes", "DELETE") == "filtered"
    loop = observed(HARD["recursion"])
    assert loop.why("authenticated", "notes", "SELECT").startswith("error 42P17 (recursion): infinite recursion")
    assert observed(HARD["triggers"]).why("authenticated", "notes", "DELETE").startswith("denied by trigger")
