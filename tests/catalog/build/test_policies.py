"""CREATE and ALTER POLICY: the builder and a server end with the same policies, and their expressions have places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.agreement import differences
from tests.catalog.build.support import built, folded

if TYPE_CHECKING:
    from policytool.catalog.model import Policy
    from policytool.postgres.server import Connection

BEFORE = "create table t (a int, b text); create table u (id int, t_a int);"
POLICIES = [
    "create policy p on t",
    "create policy p on t using (true)",
    "create policy p on t as restrictive for select to public using (a = 1)",
    "create policy p on t for update to current_user using (a = 1) with check (a = 1 and b is not null)",
    "create policy p on t for insert to postgres, pg_monitor with check (true)",
    "create policy p on t for all to public, postgres using ((a > 0))",
    "create policy p on t for delete to session_user using (b in ('x', 'y'))",
    "create policy p on t for insert",
    "create policy p on t for insert using (true)",
    "create policy p on t for select with check (true)",
    "create policy p on t for delete with check (true)",
    "create policy p on t using (a = 1); create policy p on t using (a = 2)",
    "create policy \"Users can ) see\" on t using (b = ')' and a = 1)",
    "create policy p on t using (exists (select 1 from u where u.t_a = t.a))",
    "create policy p on t using (a in (select t_a from u))",
    "create policy p on t using (t is not null)",
    "create view v as select 1 as a; create policy p on v using (true)",
    "create policy p on t using (nope = 1)",
    "create policy p on t for update using (old.a is distinct from t.a)",
    "create policy p on t for update using (case when new.* is distinct from t.* then true end)",
    "create policy p on t using (t.a = 1 and (t.*) is not null and exists (select 1 from u as x where x.id = t.a))",
    "create policy p on t; alter policy p on t using (a = 2)",
    "create policy p on t using (a = 1); alter policy p on t with check (a = 3)",
    "create policy p on t using (a = 1); alter policy p on t to pg_monitor",
    "create policy p on t to pg_monitor using (a = 1); alter policy p on t to public using (false)",
    "create policy p on t for select using (a = 1); alter policy p on t with check (true)",
    "create policy p on t for insert; alter policy p on t using (true)",
    "alter policy p on t using (true)",
    "create schema s; create table s.t (a int); create policy p on s.t using (a = 1); create policy p on t using "
    "(a = 2)",
]


@pytest.mark.parametrize("sql", POLICIES)
def test_policies_are_as_on_a_server(database: Connection, sql: str) -> None:
    """CREATE and ALTER POLICY leave on a server what the builder says, or are refused alike."""
    assert differences(database, BEFORE + sql) == []


def _policy(sql: str) -> Policy:
    return next(iter(built(sql).tables.values())).policies[0]


def test_expressions_know_their_places() -> None:
    """`using_at` and `with_check_at` span what stands inside the parentheses."""
    sql = (
        'create table t (a text);\n-- Füße (using (\ncreate policy "with check (é)" on t for update /* using (no) */\n'
        "  using ( a = ')' -- not ) here\n  ) with check ((a <> $x$)$x$));"
    )
    policy, lines = _policy(sql), sql.split("\n")
    using, check = policy.using_at, policy.with_check_at
    assert using is not None
    assert check is not None
    assert (using.line, lines[3][using.column - 1 :].startswith("a = ')' -- not"), using.end_line) == (4, True, 4)
    assert lines[4][check.column - 1 : check.end_column - 1] == "(a <> $x$)$x$)"


def test_altering_moves_the_place_of_the_expression() -> None:
    """ALTER POLICY USING changes `using_at` and `changed`, and leaves `with_check_at` and `made`."""
    policy = _policy(
        "create table t (a int);\ncreate policy p on t using (a = 1) with check (a = 2);\nalter policy p on t "
        "using (a = 3);"
    )
    places = (policy.made, policy.changed, policy.using_at, policy.with_check_at)
    assert [place.line if place else None for place in places] == [2, 3, 3, 2]
    assert (policy.using, policy.with_check) == ("a = 3", "a = 2")


def test_a_policy_on_a_table_that_nobody_made() -> None:
    """The table is assumed with the columns that the policy names, and said so once."""
    state, refused = folded(
        "create policy p on public.t using (owner = current_user and id in (select t_id from members)); "
        "create policy q on t for insert to app with check (owner = 'x')"
    )
    table = state.tables[("public", "t")]
    assert refused == []
    assert table.assumed
    assert [c.name for c in table.columns] == ["owner", "id"]
    assert [p.roles for p in table.policies] == [("public",), ("app",)]
    assert sorted(u.message.split(" is ")[0] for u in state.unmodelled) == [
        "role app",
        "table public.members",
        "table public.t",
    ]


def test_columns_in_a_subquery_on_an_unknown_table_are_not_missed() -> None:
    """A column that an assumed table may have is no column that the policy's own table lacks."""
    state, refused = folded(
        "create table t (id int); create policy p on t using (id in (select t_id from members m where m.who = owner));"
        "create policy q on t using (exists (select 1 from members where who = t.owner))"
    )
    assert [code for _, code in refused] == ["42703"]
    assert [policy.name for policy in state.tables[("public", "t")].policies] == ["p"]
