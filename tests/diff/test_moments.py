"""Never more open than both ends: at every commit, while drops are left out, and after every single statement."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytool.catalog.objects import Catalog
from policytool.diff.moments import Moments
from policytool.diff.run import Diff, Options, compare
from policytool.diff.simulator import Simulator
from tests.catalog.closing import built, platform
from tests.diff.cases import CASES, case

NOTES = "create table notes (id int, owner uuid, secret text);"
RLS = "alter table notes enable row level security;"
OWN = "create policy p on notes using (owner = auth.uid());"
FUNCTION = "create function f() returns int language sql security definer set search_path = '' as"
OK = "create function ok() returns boolean language sql as 'select auth.uid() is not null';"
ASKS = (
    "create function may() returns boolean language sql as 'select public.ok()';create policy p on notes using (may());"
)
HARD = {
    "a policy is replaced": (
        f"{NOTES} {RLS} {OWN}",
        f"{NOTES} {RLS} create policy p on notes for select using (owner = auth.uid());"
        "create policy q on notes as restrictive using (secret is null);",
    ),
    "a restrictive policy is replaced": (
        f"{NOTES} {RLS} create policy p on notes using (true);"
        "create policy r on notes as restrictive for select using (secret is null);",
        f"{NOTES} {RLS} create policy p on notes using (true);"
        "create policy r on notes as restrictive using (secret is null);",
    ),
    "row level security is disabled, and the grants go": (
        f"{NOTES} {RLS} {OWN}",
        f"{NOTES} revoke all on notes from anon, authenticated;",
    ),
    "a grant and a policy come together": (
        f"{NOTES} {RLS} create policy p on notes using (true); revoke all on notes from anon, authenticated;",
        f"{NOTES} {RLS} {OWN}",
    ),
    "a new table is closed": ("", f"{NOTES} {RLS} {OWN} revoke all on notes from anon;"),
    "a view is made again as its caller": (
        f"{NOTES} {RLS} {OWN} create view v with (security_invoker = true) as select id, owner from notes;",
        f"{NOTES} {RLS} {OWN} create view v with (security_invoker = true) as select owner, id from notes;",
    ),
    "a function is made again": (
        f"{FUNCTION} $$select 1$$; revoke execute on function f() from public, anon, authenticated;",
        f"{FUNCTION.replace('returns int', 'returns bigint')} $$select 1$$;"
        "revoke execute on function f() from public, anon, authenticated;",
    ),
    "columns are granted in place of the table": (
        f"{NOTES} revoke all on notes from anon, authenticated; grant select on notes to anon;",
        f"{NOTES} revoke all on notes from anon, authenticated; grant select (id) on notes to anon;",
    ),
    "the column of a policy is retyped": (
        f"{NOTES} {RLS} {OWN} create index i on notes (owner);",
        f"{NOTES.replace('uuid', 'text')} {RLS} create policy p on notes using (owner = auth.uid()::text);"
        "create index i on notes (owner); alter table notes alter id set not null;",
    ),
}  # fmt: skip

REPLACED = {"a restrictive policy is replaced"}  # dropped and made again: within one transaction, and under its lock


def diff(before: str, after: str, *, allow_drops: bool = True, online: bool = False) -> Diff:
    """The diff of two texts on Supabase."""
    chosen = Options(allow_drops=allow_drops, online=online)
    return compare(built(before, "supabase"), built(after, "supabase"), platform("supabase"), options=chosen)


def opened(before: str, moment: str, after: str) -> list[str]:
    """What is open at a moment, and at neither end."""
    ends = Moments(built(before, "supabase"), built(after, "supabase"), platform("supabase"))
    return [" ".join(one) for one in ends.opened(built(moment, "supabase"))]


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("online", [False, True])
@pytest.mark.parametrize("direction", [1, -1])
def test_the_plan_is_never_more_open(name: str, online: bool, direction: int) -> None:
    """No commit is, and no statement opens more than what it makes itself, until that is revoked."""
    before, after = HARD[name][::direction]
    found = diff(before, after, online=online)
    assert found.problems == ()
    if name not in REPLACED:
        assert _windows(found) == []


def _windows(found: Diff) -> list[str]:
    """What any statement leaves open of that which was there before the transaction."""
    plan = found.plan
    moments, simulator = Moments(plan.before, plan.after, plan.platform), Simulator(plan.before, plan.platform)
    windows: list[str] = []
    made: set[str] = set()
    for change in found.changes:
        simulator.run([change.sql])
        if change.action == "create":
            made.add(change.identity)
        windows += [f"{change.sql}: {one}" for one in moments.opened(simulator.catalog()) if one.identity not in made]
    return windows


@pytest.mark.parametrize(
    ("before", "moment", "after", "first"),
    [
        pytest.param(f"{NOTES} {RLS} {OWN}", NOTES, "", "anon SELECT public.notes", id="disabled before the drop"),
        pytest.param(
            f"{NOTES} {RLS} revoke all on notes from anon;", f"{NOTES} revoke all on notes from anon;",
            f"{NOTES} {RLS} {OWN}", "authenticated SELECT public.notes", id="disabled for a while",
        ),
        pytest.param(
            f"{NOTES} revoke all on notes from anon, authenticated;", NOTES, f"{NOTES} {RLS} {OWN}",
            "anon SELECT public.notes", id="granted before it is closed",
        ),
        pytest.param(
            f"{NOTES} {RLS} create policy p on notes using (id > 0);"
            "create policy r on notes as restrictive using (secret is null);",
            f"{NOTES} {RLS} create policy p on notes using (id > 0);",
            f"{NOTES} {RLS} create policy p on notes using (id > 0);"
            "create policy r on notes as restrictive for select using (secret is null);",
            "anon SELECT public.notes", id="without its restrictive policy",
        ),
        pytest.param(
            f"{FUNCTION} $$select 1$$; revoke execute on function f() from public, anon;", f"{FUNCTION} $$select 1$$;",
            f"{FUNCTION} $$select 2$$; revoke execute on function f() from public, anon;",
            "public EXECUTE public.f()", id="a function as it is made",
        ),
        pytest.param(
            f"{FUNCTION} $$delete from public.x$$; revoke execute on function f() from public, anon;",
            f"{FUNCTION} $$delete from public.x$$;", f"{FUNCTION} $$select 2$$;",
            "public EXECUTE public.f()", id="the old body with the new grants",
        ),
        pytest.param(
            f"{NOTES} {RLS} {OWN} create view v with (security_invoker = true) as select * from notes;",
            f"{NOTES} {RLS} {OWN} create view v as select * from notes;",
            f"{NOTES} {RLS} {OWN} create view v with (security_invoker = true) as select id from notes;",
            "anon SELECT public.v", id="a view that reads as its owner",
        ),
        pytest.param(
            f"{NOTES} revoke all on notes from anon; grant select (id) on notes to anon;",
            f"{NOTES} revoke all on notes from anon; grant select (id, secret) on notes to anon;",
            f"{NOTES} revoke all on notes from anon; grant select (owner) on notes to anon;",
            "anon SELECT public.notes", id="a column of neither",
        ),
        pytest.param(
            "create schema s; create table s.t (a int); grant select on s.t to anon;",
            "create schema s; create table s.t (a int); grant select on s.t to anon; grant usage on schema s to anon;",
            "create schema s; create table s.t (a int); grant usage on schema s to anon;",
            "anon SELECT s.t", id="the schema of one and the table of the other",
        ),
        pytest.param(
            f"{NOTES} {RLS} create function ok() returns boolean language sql as 'select false';"
            "create policy p on notes using (ok());",
            f"{NOTES} {RLS} create function ok() returns boolean language sql as 'select true';"
            "create policy p on notes using (ok());",
            f"{NOTES} {RLS} create function ok() returns boolean language sql as 'select true';",
            "anon SELECT public.notes", id="what the policy asks is another",
        ),
    ],
)  # fmt: skip
def test_a_moment_that_is_more_open_is_seen(before: str, moment: str, after: str, first: str) -> None:
    """What neither end allows is told by role, command and object."""
    assert first in opened(before, moment, after)


@pytest.mark.parametrize(
    ("before", "moment", "after"),
    [
        pytest.param(f"{NOTES} {RLS} {OWN}", f"{NOTES} {RLS}", NOTES, id="closed in between"),
        pytest.param(
            f"{NOTES} {RLS} {OWN}", f"{NOTES} {RLS} {OWN} create policy q on notes using (id = 1);",
            f"{NOTES} {RLS} create policy q on notes using (id = 1);", id="both policies, each row allowed by one",
        ),
        pytest.param(NOTES, NOTES, f"{NOTES} {RLS}", id="as it was"),
        pytest.param(f"{OK} {NOTES} {RLS} {ASKS}", f"{NOTES} {RLS} {ASKS}", "", id="what a policy asks is gone"),
        pytest.param(f"{NOTES} {RLS}", f"{NOTES} {RLS} create index i on notes (id);", "", id="an index"),
    ],
)  # fmt: skip
def test_a_moment_within_both_ends_is_none(before: str, moment: str, after: str) -> None:
    """What one of the ends allows may be open in between."""
    assert opened(before, moment, after) == []


def test_what_is_left_out_takes_its_protection_with_it() -> None:
    """A table that is not dropped keeps its row level security and its policies."""
    before = (
        f"{NOTES} {RLS} create function ok() returns boolean language sql as 'select true';"
        "create policy p on notes using (true); create policy r on notes as restrictive using (ok());"
    )
    found = diff(before, "", allow_drops=False)
    assert found.problems == ()
    trial = Simulator(found.plan.before, found.plan.platform)
    trial.run(change.sql for change in found.changes if not change.withheld)
    (table,) = (t for t in trial.catalog().tables.values() if t.name == "notes")
    assert table.rls_enabled
    assert {policy.name for policy in table.policies} == {"p", "r"}


@functools.lru_cache(maxsize=64)
def _catalog(name: str, side: str) -> Catalog:
    found = case(name)
    return built(found.before if side == "before" else found.after, "postgres")


_SIDE = st.tuples(st.sampled_from(CASES), st.sampled_from(("before", "after")))


@settings(max_examples=60, deadline=None)
@given(_SIDE, _SIDE, st.booleans(), st.booleans())
def test_no_commit_between_any_two_is_more_open(
    one: tuple[str, str], other: tuple[str, str], online: bool, allow_drops: bool
) -> None:
    """Whatever the pair, in steps or not, with the drops or without them."""
    chosen = Options(online=online, allow_drops=allow_drops)
    found = compare(_catalog(*one), _catalog(*other), platform("postgres"), options=chosen)
    assert [problem for problem in found.problems if "neither before nor after" in problem] == []
