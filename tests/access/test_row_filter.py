"""Which rows policies leave to a role, command by command; and that a server shows the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policytool.access import COMMANDS, Access, Command, Side
from policytool.access.scope import opened, unscoped
from policytool.finding import Related
from tests.access.support import access_to, table_of
from tests.access.visitors import ANONYMOUS, COUNT, SCHEMA, SIGNED_IN, TABLE

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

ALL = "grant select, insert, update, delete on public.t to anon, authenticated;"


def reach(access: Access, role: str) -> dict[str, str]:
    """The reach of a role for each command."""
    return {c: access.row_filter(role, table_of(access, "t"), c).reach for c in COMMANDS}


def policies(*texts: str, grants: str = ALL) -> Access:
    return access_to(SCHEMA + TABLE + grants + "".join(f"create policy p{i} on t {t};" for i, t in enumerate(texts)))


CASES: list[tuple[tuple[str, ...], str, str]] = [
    ((), "none", "none"),
    (("for select using (true)",), "all", "all"),
    (("for select to authenticated using (true)",), "none", "all"),
    (("for select using (auth.uid() is not null)",), "none", "all"),
    (("for select using (auth.uid() is null)",), "all", "none"),
    (("for select using (user_id = auth.uid())",), "none", "own"),
    (("for select using (user_id = auth.uid() or owner = auth.uid())",), "none", "own"),
    (("for select using (public.is_member(org))",), "none", "tenant"),
    (("for select using (user_id = auth.uid())", "for select using (public.is_member(org))"), "none", "tenant"),
    (("for select using (user_id = auth.uid())", "using (auth.jwt() ->> 'role' = 'service_role')"), "none", "own"),
    (("for select using (user_id = auth.uid())", "using (auth.jwt() ->> 'aal' = 'aal2')"), "none", "own"),
    (("for select using (flag)",), "conditional", "conditional"),
    (("for select using (flag)", "for select using (user_id = auth.uid())"), "conditional", "conditional"),
    (("for select using (true)", "as restrictive using (user_id = auth.uid())"), "none", "own"),
    (("for select using (true)", "as restrictive using (flag)"), "conditional", "conditional"),
    (("for select using (true)", "as restrictive using (false)"), "none", "none"),
    (("for select using (true)", "as restrictive for delete using (false)"), "all", "all"),
    (("as restrictive using (true)",), "none", "none"),
    (("for insert with check (true)",), "none", "none"),
    (("for all with check (true)",), "none", "none"),
]


@pytest.mark.parametrize(("texts", "anon", "authenticated"), CASES, ids=[" + ".join(c[0]) or "none" for c in CASES])
def test_rows_that_are_read(texts: tuple[str, ...], anon: str, authenticated: str) -> None:
    """The reach of SELECT for an anonymous and for a signed-in visitor."""
    access = policies(*texts)
    assert (reach(access, "anon")["SELECT"], reach(access, "authenticated")["SELECT"]) == (anon, authenticated)


@pytest.mark.parametrize("texts", [c[0] for c in CASES], ids=[" + ".join(c[0]) or "none" for c in CASES])
def test_server_shows_as_many(rows: Connection, texts: tuple[str, ...]) -> None:
    """`none` is no row and `all` is every row, on a server with the same policies."""
    access = policies(*texts)
    for role, ways in (("anon", ANONYMOUS), ("authenticated", SIGNED_IN)):
        said = reach(access, role)["SELECT"]
        counts = [counted(rows, texts, role, claims) for claims in ways]
        assert said != "none" or max(counts) == 0
        assert said != "all" or max(counts) == COUNT
        # A special person, as the first visitor is by some claims, may see more than their own.
        assert said not in ("own", "tenant") or 0 < min(counts) < COUNT


def counted(connection: Connection, texts: tuple[str, ...], role: str, claims: str) -> int:
    with connection.transaction(force_rollback=True):
        for number, text in enumerate(texts):
            connection.execute(f"create policy p{number} on public.t {text}".encode())
        connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        connection.execute(f"set local role {role}".encode())
        found = connection.execute("select count(*) from public.t").fetchone()
    assert found is not None
    return int(found[0])


def test_commands_of_a_policy() -> None:
    """FOR ALL covers all four commands, USING standing in for WITH CHECK; FOR INSERT covers new rows alone."""
    assert set(reach(policies("to authenticated using (true)"), "authenticated").values()) == {"all"}
    inserts = reach(policies("for insert to authenticated with check (user_id = auth.uid())"), "authenticated")
    assert inserts == {"SELECT": "none", "INSERT": "own", "UPDATE": "none", "DELETE": "none"}
    only_check = reach(policies("to authenticated with check (true)"), "authenticated")
    assert only_check == {"SELECT": "none", "INSERT": "all", "UPDATE": "none", "DELETE": "none"}


@pytest.mark.parametrize(("side", "said"), [("using", "own"), ("check", "conditional")])
def test_old_and_new_rows_of_an_update(side: Side, said: str) -> None:
    """USING decides about the row that is there, WITH CHECK about what becomes of it."""
    access = policies("for update to authenticated using (user_id = auth.uid()) with check (flag)")
    assert access.row_filter("authenticated", table_of(access, "t"), "UPDATE", side).reach == said


def test_without_the_privilege_there_is_no_row() -> None:
    """A policy gives nothing to a role that was not granted the command; TO a role gives nothing to others."""
    access = policies("using (true)", grants="revoke all on t from anon; grant insert on t to anon;")
    assert reach(access, "anon") == {"SELECT": "none", "INSERT": "all", "UPDATE": "none", "DELETE": "none"}


def test_who_is_exempt() -> None:
    """BYPASSRLS, and the owner unless RLS is forced; both see all rows whatever the policies say."""
    access = policies("using (false)")
    table = table_of(access, "t")
    assert [access.exempt(r, table) for r in ("anon", "service_role", "postgres")] == [False, True, True]
    assert reach(access, "service_role")["SELECT"] == "none"  # exempt, but it was granted nothing
    plain = access_to("create role app; create table t (id int); alter table t enable row level security, "
                      "force row level security; alter table t owner to app;", "postgres")  # fmt: skip
    assert not plain.exempt("app", table_of(plain, "t"))


def test_filter_as_text() -> None:
    """Permissive policies are OR-ed, restrictive ones AND-ed to them, and what is always true is left out."""
    access = policies(
        "using (flag)", "using (label = 'a')", "as restrictive using (id > 1)", "as restrictive using (1 = 1)"
    )
    found = access.row_filter("authenticated", table_of(access, "t"), "SELECT")
    assert found.text == "((flag) OR (label = 'a')) AND (id > 1)"
    assert [p.name for p in found.open] == ["p0", "p1"]
    assert policies("using (true)").row_filter("anon", table_of(policies("using (true)"), "t"), "SELECT").text == "true"


def test_open_policies_ask_nothing_of_the_person() -> None:
    """A condition on the row alone is open; a restrictive policy that asks closes all of them."""
    access = policies("using (flag)", "using (flag and user_id = auth.uid())")
    assert [p.name for p in access.row_filter("authenticated", table_of(access, "t"), "UPDATE").open] == ["p0"]
    closed = policies("using (flag)", "as restrictive using (auth.jwt() ->> 'aal' = 'aal2')")
    assert closed.row_filter("authenticated", table_of(closed, "t"), "UPDATE").open == ()


def test_unscoped_leaves_to_other_rules_what_is_theirs() -> None:
    """What is always true, and what visitors can write, is not said again; what they can read is said of them."""

    def found(*texts: str) -> list[tuple[str, Command]]:
        access = policies(*texts)
        return [(u.role, u.command) for u in unscoped(table_of(access, "t"), ("user_id",), access)]

    assert found("for update to authenticated using (flag)") == [("authenticated", "UPDATE")]
    assert found("for update using (flag)") == []
    assert found("for select using (flag)") == [("anon", "SELECT")]
    assert found("for select to authenticated using (flag)") == [("authenticated", "SELECT")]
    assert found("for update to authenticated using (true)") == []
    assert found("for update to authenticated using (flag and owner = auth.uid())") == []


def test_opened_names_the_clients() -> None:
    """A policy that is true for all opens a command to whoever holds it, unless a restrictive one narrows it."""
    access = policies("using (true)", grants="grant update on t to authenticated;")
    table = table_of(access, "t")
    assert opened(table.policies[0], table, "SELECT", access) == ("anon", "authenticated")
    assert opened(table.policies[0], table, "UPDATE", access) == ("authenticated",)
    assert opened(table.policies[0], table, "DELETE", access) == ()
    narrowed = policies("using (true)", "as restrictive for select using (flag)")
    table = table_of(narrowed, "t")
    assert opened(table.policies[0], table, "SELECT", narrowed) == ()


def messages(related: tuple[Related, ...]) -> list[str]:
    return [r.message for r in related]


def test_because_names_the_way() -> None:
    """Each way to a privilege has its sentence: a grant, a membership, PUBLIC, default privileges old and own."""
    access = access_to("create table public.t (id int); grant select on t to public; grant insert on t to anon;")
    assert messages(access.because("anon", ("SELECT", "INSERT"), table_of(access, "t"))) == [
        "anon has SELECT by a grant to PUBLIC",
        "anon has INSERT by a grant",
    ]
    old = access_to("create table public.t (id int);", "supabase")
    assert messages(old.because("anon", ("SELECT",), table_of(old, "t"))) == [
        "anon has SELECT by the default privileges of projects made before 2026-05-30",
        "a project made since 2026-05-30 has no such default: there it would take a GRANT",
    ]
    both = access_to("create table public.t (id int); grant select on t to anon;", "supabase")
    assert messages(both.because("anon", ("SELECT", "INSERT"), table_of(both, "t"))) == [
        "anon has SELECT by a grant",
        "anon has INSERT by the default privileges of projects made before 2026-05-30",
    ]
    own = access_to("create schema s; alter default privileges in schema s grant select on tables to anon; "
                    "create table s.t (id int);", "supabase")  # fmt: skip
    related = own.because("anon", ("SELECT",), table_of(own, "t", "s"))
    assert messages(related) == ["anon has SELECT by default privileges"]
    assert related[0].location is not None
    function = access_to("create function public.f() returns int language sql as 'select 1';", "supabase-explicit")
    assert messages(function.because("anon", ("EXECUTE",), function.catalog.functions["public", "f", ()])) == [
        "anon has EXECUTE by Postgres's own default to PUBLIC"
    ]
    team = access_to("create role app; create role team; grant team to app; create table t (id int); "
                     "grant select (id) on t to team;", "postgres")  # fmt: skip
    assert messages(team.because("app", ("SELECT",), table_of(team, "t"))) == [
        "app has SELECT (id) as a member of team, by a grant"
    ]
