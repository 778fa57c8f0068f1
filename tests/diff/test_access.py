"""Who gains and loses what: the same meaning is no change, a widening that looks alike is one, and why."""

from __future__ import annotations

import pytest

from policytool.diff.access import Cell
from policytool.diff.run import Diff, Options, compare
from policytool.report import diff_markdown, diff_text
from tests.catalog.closing import built, platform

TABLE = "create table notes (id int, owner uuid, secret text, shared boolean not null default false);"
NOTES = f"{TABLE} alter table notes enable row level security;"
CLOSED = "revoke all on notes from anon, authenticated;"
POLICY = "create policy p on notes for select to authenticated using ({});"
OK = "create function ok() returns boolean language sql as 'select exists (select from public.notes where {})';"
FUNCTION = "create function f() returns int language sql as 'select 1';"
CLOSED_FUNCTION = "revoke execute on function f() from public, anon, authenticated;"


def diff(before: str, after: str) -> Diff:
    """The diff of two texts on Supabase."""
    both = (built(before, "supabase"), built(after, "supabase"))
    return compare(*both, platform("supabase"), options=Options(allow_drops=True))


def moved(before: str, after: str) -> set[str]:
    """What is another for whom: role, command, object, verdict."""
    return {_words(cell) for cell in diff(before, after).access if cell.verdict != "unchanged"}


def _words(cell: Cell) -> str:
    return f"{cell.role} {cell.command} {cell.object} {cell.verdict}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("auth.uid() = owner", "owner = auth.uid()"),
        ("auth.uid() = owner", "owner = (select auth.uid())"),
        ("auth.uid() = owner and shared", "shared and (select auth.uid()) = owner"),
        ("secret in ('a', 'b')", "secret = any (array['b', 'a'])"),
        ("secret = 'a'", "secret = 'a'::text"),
        ("auth.uid() = owner or shared", "shared or owner = auth.uid()"),
        ("exists (select from notes n where n.id = notes.id)", "exists (select 1 from notes x where x.id = notes.id)"),
    ],
)
def test_the_same_meaning_is_no_change(one: str, other: str) -> None:
    """However it is written: nobody gains, nobody loses, and no hazard says otherwise."""
    for pair in ((one, other), (other, one)):
        found = diff(*(NOTES + POLICY.format(text) for text in pair))
        assert {cell.verdict for cell in found.access} <= {"unchanged"}
        assert not found.hazards & {"AUTHZ_WIDENED", "AUTHZ_NARROWED"}


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("auth.uid() = owner", "auth.uid() is not null"),
        ("auth.uid() = owner", "auth.uid() = owner or shared"),
        ("auth.uid() = owner and shared", "auth.uid() = owner"),
        ("auth.uid() = owner", "auth.uid() = owner or owner is null"),
        ("secret in ('a', 'b')", "secret in ('a', 'b', 'c')"),
        ("auth.uid() = owner", "true"),
    ],
)
def test_a_widening_that_looks_alike_is_one(narrow: str, wide: str) -> None:
    """And the way back is a narrowing."""
    one, other = (NOTES + POLICY.format(text) for text in (narrow, wide))
    assert moved(one, other) == {"authenticated SELECT public.notes widened"}
    assert moved(other, one) == {"authenticated SELECT public.notes narrowed"}
    assert "AUTHZ_WIDENED" in diff(one, other).hazards
    assert "AUTHZ_NARROWED" not in diff(one, other).hazards


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(NOTES, NOTES + POLICY.format("true"), {"authenticated SELECT public.notes gained"}, id="policy"),
        pytest.param(
            NOTES + "create policy p on notes for update using (owner = auth.uid());",
            NOTES + "create policy p on notes for update using (owner = auth.uid()) with check (true);",
            {"authenticated UPDATE public.notes widened"}, id="new rows only",
        ),
        pytest.param(
            NOTES + POLICY.format("true"),
            NOTES + POLICY.format("true") + "create policy r on notes as restrictive using (shared);",
            {"authenticated SELECT public.notes narrowed"}, id="restrictive",
        ),
        pytest.param(
            f"{TABLE} {CLOSED} grant select (id) on notes to anon;",
            f"{TABLE} {CLOSED} grant select (id, secret) on notes to anon;",
            {"anon SELECT public.notes widened"}, id="column grant",
        ),
        pytest.param(
            f"{TABLE} {CLOSED} grant select (id) on notes to anon;",
            f"{TABLE} {CLOSED} grant select (secret) on notes to anon;",
            {"anon SELECT public.notes changed"}, id="another column",
        ),
        pytest.param(
            FUNCTION + CLOSED_FUNCTION, FUNCTION + CLOSED_FUNCTION + "grant execute on function f() to anon;",
            {"anon EXECUTE public.f() gained"}, id="execute",
        ),
        pytest.param(
            FUNCTION + CLOSED_FUNCTION,
            FUNCTION.replace("as 'select 1'", "as 'select 2'") + CLOSED_FUNCTION, set(), id="a body nobody calls",
        ),
        pytest.param(
            FUNCTION, FUNCTION.replace("'select 1'", "'select 2'"), set(), id="a body with the rights of its caller",
        ),
        pytest.param(
            FUNCTION.replace(" as", " security definer as") + CLOSED_FUNCTION
            + "grant execute on function f() to anon;",
            FUNCTION.replace(" as 'select 1'", " security definer as 'select 2'") + CLOSED_FUNCTION
            + "grant execute on function f() to anon;",
            {"anon EXECUTE public.f() changed"}, id="a body that its owner answers for",
        ),
        pytest.param(
            f"{NOTES} {CLOSED} create view v with (security_invoker = true) as select id from notes;"
            "revoke all on v from authenticated; revoke insert, update, delete on v from anon;",
            f"{NOTES} {CLOSED} create view v as select id from notes;"
            "revoke all on v from authenticated; revoke insert, update, delete on v from anon;",
            {"anon SELECT public.v widened"}, id="security_invoker",
        ),
        pytest.param(
            f"{TABLE} {CLOSED} create view v as select count(*) from notes; revoke all on v from anon, authenticated;",
            f"{TABLE} {CLOSED} create view v as select count(*) from notes; revoke all on v from authenticated;",
            {"anon SELECT public.v gained"}, id="a view that nobody can write through",
        ),
        pytest.param(
            NOTES + OK.format("shared") + POLICY.format("ok()"),
            NOTES + OK.format("secret is null") + POLICY.format("ok()"),
            {"authenticated SELECT public.notes changed"}, id="what a policy asks",
        ),
        pytest.param(
            NOTES + OK.format("shared") + POLICY.format("ok()"),
            NOTES + OK.format("shared") + "comment on function ok() is 'x';" + POLICY.format("ok()"),
            set(), id="a comment on what a policy asks",
        ),
        pytest.param(
            f"{TABLE} {CLOSED} create role staff; grant select on notes to staff;",
            f"{TABLE} {CLOSED} create role staff; grant select on notes to staff; grant staff to anon;",
            {"anon SELECT public.notes gained"}, id="membership",
        ),
    ],
)  # fmt: skip
def test_what_changes_for_whom(before: str, after: str, expected: set[str]) -> None:
    """Roles, commands and verdicts; superusers and what stays are not told."""
    found = moved(before, after)
    assert {cell for cell in found if not cell.startswith(("public ", "service_role ", "staff "))} == expected


def test_the_words() -> None:
    """A sentence for all who share a story, both filters, and the cause."""
    found = diff(NOTES + POLICY.format("auth.uid() = owner"), NOTES + POLICY.format("auth.uid() = owner or shared"))
    assert diff_text.render(found, access=True).splitlines() == [
        "authenticated can read more of public.notes",
        "    before: rows where auth.uid() = owner",
        "    after: rows where auth.uid() = owner OR shared",
        '    because policy "p" is another',
    ]
    assert diff_text.render(diff(NOTES, NOTES), access=True) == "nobody gains or loses access\n"


def test_markdown_for_a_pull_request() -> None:
    """Gains and losses by themselves; names cannot break out of their line."""
    found = diff(TABLE, f'{TABLE} {CLOSED} create role "a|b<script>`"; grant select on notes to "a|b<script>`";')
    text = diff_markdown.render(found, access=True)
    assert "🔒 **anon and authenticated can no longer read, insert into, update and delete from public.notes**" in text
    assert "🔓 **a\\|b&lt;script>\\` can now read public.notes**" in text
    assert text.index("🔓") < text.index("🔒")
    assert text.startswith("#### Who may do what\n")
    assert diff_markdown.render(diff(NOTES, NOTES), access=True).endswith("Nobody gains or loses access.\n")
