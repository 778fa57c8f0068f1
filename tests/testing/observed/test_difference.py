"""Two states measured with the same rows: who gains, who loses, and the row that shows it."""

from __future__ import annotations

import pytest

from policytool import api
from policytool.access.matrix import Item
from policytool.audit.walk import own_functions, own_tables, own_views
from policytool.postgres.server import Server
from policytool.testing.observed.difference import Changed, differences
from policytool.testing.observed.observe import observe
from policytool.testing.observed.switches import switches
from tests.cli.support import CLEAN_TABLE, Cli
from tests.testing.observed.clinic import RIGHT, WRONG
from tests.testing.observed.conftest import grounded, load_sql


def measured(server: Server, before: str, after: str) -> dict[tuple[str, str, str, str], Changed]:
    """Each change by role, actor, object and command."""
    sides = [load_sql(before), load_sql(after)]
    contexts = [api.context(side) for side in sides]
    known = [switches(context.access) for context in contexts]
    found = []
    for side, context, also in zip(sides, contexts, reversed(known), strict=True):
        subjects: list[Item] = [*own_tables(context), *own_views(context), *own_functions(context)]
        with grounded(server, side, "supabase_explicit") as ground:
            roles = api.roles_met(context)
            found.append(observe(ground, context.access, subjects, roles, leaks=False, also=also))
    cells = differences(found[0], found[1])
    return {(c.role, c.actor, c.object, c.command): c for c in cells if c.verdict != "equal"}


@pytest.fixture(scope="module")
def changes(supabase_server: Server) -> dict[tuple[str, str, str, str], Changed]:
    return measured(supabase_server, RIGHT, WRONG)


def verdict(changes: dict[tuple[str, str, str, str], Changed], *key: str) -> tuple[str, str, str]:
    role, actor, table, command = key
    found = changes[role, actor, f"public.{table}", command]
    return found.verdict, found.gained, found.lost


def test_who_gains_is_told_with_a_row(changes: dict[tuple[str, str, str, str], Changed]) -> None:
    """By actor, table and command."""
    assert verdict(changes, "authenticated", "eve", "invoices", "SELECT") == ("looser", "invoices/a", "")
    assert verdict(changes, "anon", "anon", "wishes", "SELECT") == ("looser", "wishes/a", "")
    assert verdict(changes, "authenticated", "bob", "rooms", "DELETE") == ("looser", "rooms/a", "")
    assert verdict(changes, "authenticated", "eve", "calendar", "SELECT")[:2] == ("looser", "a row of ann")
    cell = changes["authenticated", "eve", "public.invoices", "SELECT"]
    assert (cell.before, cell.after) == (0, 4)


def test_a_stranger_who_may_now_join_gains(changes: dict[tuple[str, str, str, str], Changed]) -> None:
    """By a row that names them; a colleague who may no longer add others loses."""
    enrolled = verdict(changes, "authenticated", "eve", "staff", "INSERT")
    assert enrolled == ("looser", "staff/a, in their own name", "")
    assert verdict(changes, "authenticated", "cal", "staff", "INSERT")[0] == "incomparable"


def test_what_nothing_was_done_to_is_equal(changes: dict[tuple[str, str, str, str], Changed]) -> None:
    """The rows are the same on both sides."""
    assert not any(key[2] in ("public.plans", "public.clinics") for key in changes)


def test_the_way_back_is_the_other_way(
    supabase_server: Server, changes: dict[tuple[str, str, str, str], Changed]
) -> None:
    """What was looser is tighter."""
    turned = {"looser": "tighter", "tighter": "looser", "incomparable": "incomparable"}
    back = measured(supabase_server, WRONG, RIGHT)
    assert {key: turned[c.verdict] for key, c in changes.items()} == {key: c.verdict for key, c in back.items()}


def test_the_command_tells_and_ends_with_one_where_asked(cli: Cli) -> None:
    """`--fail-on widened` is about what was measured."""
    for name, more in (
        ("one", ""),
        ("two", "create policy a on public.notes for select to authenticated using (true);"),
    ):
        (cli.folder / f"{name}.sql").write_text(CLEAN_TABLE + more)
    options = ("--access", "--observed", "--platform", "supabase-explicit")
    ran = cli("diff", "one.sql", "two.sql", *options, "--fail-on", "widened")
    assert ran.code == 1
    assert "authenticated SELECT public.notes: looser: eve can now read notes/a (0 → 2 rows)" in ran.out
    back = cli("diff", "two.sql", "one.sql", *options, "--fail-on", "widened")
    assert back.code == 0
    assert "tighter" in back.out
    same = cli("diff", "one.sql", "one.sql", *options)
    assert (same.code, same.out) == (0, "nobody gains or loses access\n")
