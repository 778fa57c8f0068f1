"""Which rewritten policies let through more rows than before, as far as their conditions show it; a server agrees."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from policytool.access.containment import Alternatives, beyond
from tests.access.support import access_to, table_of

if TYPE_CHECKING:
    from policytool.postgres.server import Server

TABLES = """
create table orgs (id int primary key, owner_id uuid);
create table members (org_id int, user_id uuid, role text);
create table t (id int, user_id uuid, org_id int, status text, open boolean);
alter table t enable row level security;
grant select on t, members, orgs to anon, authenticated;
create function mine(org int) returns boolean language sql stable as
  'select exists (select 1 from members m where m.org_id = org and m.user_id = auth.uid())';
"""
OWN = "user_id = auth.uid()"
MEMBER = "exists (select 1 from members m where m.org_id = t.org_id and m.user_id = auth.uid())"

SAME = {
    "a call in a sub-query": (OWN, "(select auth.uid()) = user_id"),
    "a claim by its path": (OWN, "user_id = (auth.jwt() ->> 'sub')::uuid"),
    "another alias": (
        MEMBER,
        "exists (select 2 from members as x where x.user_id = auth.uid() and t.org_id = x.org_id)",
    ),
    "IN and EXISTS": (MEMBER, "org_id in (select org_id from members where user_id = (select auth.uid()))"),
    "a helper": (MEMBER, "mine(org_id)"),
    "a list of one": ("status = 'new'", "status in ('new')"),
    "what holds anyway": (OWN, f"auth.role() = 'authenticated' and {OWN}"),
    "distributed": (f"({OWN} or open) and status = 'new'", f"({OWN} and status = 'new') or (open and status = 'new')"),
}
NARROWER = {
    "one condition more": (OWN, f"{OWN} and status = 'new'"),
    "one alternative less": (f"{OWN} or open", OWN),
    "fewer constants": ("status in ('a', 'b')", "status = 'a'"),
    "a role of the members": (MEMBER, MEMBER.replace("m.user_id", "m.role = 'admin' and m.user_id")),
    "not null is implied": ("user_id is not null", OWN),
    "all rows": ("true", OWN),
}


def rows(policies: str, role: str = "authenticated") -> Alternatives:
    access = access_to(TABLES + policies)
    found = access.contained.rows(role, table_of(access, "t"), "SELECT")
    assert found is not None
    return found


def policy(text: str) -> str:
    return f"create policy p on t for select using ({text});"


@pytest.mark.parametrize("case", SAME)
def test_spellings_of_the_same(case: str) -> None:
    """Neither is beyond the other."""
    one, other = (rows(policy(text)) for text in SAME[case])
    assert beyond(one, other) == beyond(other, one) == ()


@pytest.mark.parametrize("case", NARROWER)
def test_narrower(case: str) -> None:
    """The second is within the first; the first is beyond the second."""
    wide, narrow = (rows(policy(text)) for text in NARROWER[case])
    assert beyond(narrow, wide) == ()
    assert beyond(wide, narrow)


def test_restrictive_policies_narrow_each_alternative() -> None:
    """Taking one away opens rows; a restriction that each permissive policy repeats may go."""
    restricted = rows(policy(f"{OWN} or open") + "create policy r on t as restrictive using (status = 'new');")
    assert beyond(rows(policy(f"{OWN} or open")), restricted)
    repeated = rows(policy(f"({OWN} and status = 'new') or (status = 'new' and open)"))
    assert beyond(repeated, restricted) == beyond(restricted, repeated) == ()


def test_roles_and_visitors() -> None:
    """Own rows are none to a visitor; a policy for others lets nothing through; no RLS lets all through."""
    assert rows(policy(OWN), "anon") == ()
    assert rows("create policy p on t for select to service_role using (true);") == ()
    assert not beyond(rows(policy("true")), rows("alter table t disable row level security;"))


def test_what_a_sub_query_reads_is_under_its_own_policies() -> None:
    """A row that must be found in another table is open to those only who may read that table."""
    found_in = policy("exists (select 1 from orgs where orgs.id = t.org_id)")
    assert [a.open for a in rows(found_in)] == [True]
    own = "alter table orgs enable row level security; create policy o on orgs using (owner_id = auth.uid());"
    assert [a.open for a in rows(own + found_in)] == [False]
    assert rows(own + found_in, "anon") == ()


@pytest.mark.parametrize("case", [*SAME, *NARROWER])
def test_a_server_agrees(supabase_server: Server, case: str) -> None:
    """On the same rows the second policy never shows one that the first hides."""
    both = {**SAME, **NARROWER}[case]
    me, other = uuid.UUID(int=1), uuid.UUID(int=2)
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    with supabase_server.connect(name) as connection:
        connection.execute(TABLES.encode())
        connection.execute(f"insert into members values (1, '{me}', 'member'), (2, '{me}', 'admin')".encode())
        connection.execute(
            f"insert into t select row_number() over (), u, o, s, b from unnest('{{{me},{other},null}}'::uuid[]) u, "
            "generate_series(1, 3) o, unnest('{a,b,new}'::text[]) s, unnest('{t,f}'::boolean[]) b".encode()
        )
        shown = []
        for text in both:
            connection.execute(policy(text).encode())
            claims = f'{{"sub": "{me}", "role": "authenticated"}}'
            connection.execute(f"set role authenticated; set request.jwt.claims = '{claims}'".encode())
            shown.append({row[0] for row in connection.execute("select id from t").fetchall()})
            connection.execute("reset role; drop policy p on t")
    supabase_server.drop_database(name)
    assert shown[1] <= shown[0]
    assert shown[0] == shown[1] or case in NARROWER
    assert shown[0]
