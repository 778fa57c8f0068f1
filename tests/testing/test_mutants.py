"""Mutants, the conditions that they drop, what keys imply of these, and scores."""

from __future__ import annotations

from fractions import Fraction

import pytest

from policytool.postgres.server import Server
from policytool.testing.mutation.conjuncts import conjuncts, without_each
from policytool.testing.mutation.implied import implied
from policytool.testing.mutation.mutants import mutants
from policytool.testing.mutation.score import Mutated, Score, percent
from tests.catalog.build.support import built
from tests.testing.trying import on_a_server


def test_every_kind_is_made(supabase_server: Server) -> None:
    """Dropped, opened, unchecked, loosened, widened, switched off, granted; all can be made on a server."""
    sql = """
    create table t (id text primary key, owner uuid, body text);
    alter table t enable row level security;
    create policy "read it" on t for select to authenticated using (owner = auth.uid());
    create policy "write it" on t for all to authenticated
      using (owner = auth.uid() and body is not null) with check (owner = auth.uid());
    create policy "add it" on t for insert to authenticated with check (owner = auth.uid());
    create policy "never so" on t as restrictive using (body <> 'x');
    grant select, insert (id, owner), update, delete on t to authenticated;
    """
    with on_a_server(supabase_server, sql) as (session, catalog):
        made = list(mutants(catalog, ("anon", "authenticated"), [("public", "t")]))
        for mutant in made:
            answer = session.bypass(mutant.sql)
            assert answer.ran, (mutant.text, answer)
    assert sorted({m.kind for m in made}) == [
        "check dropped", "check opened", "condition dropped", "grant added", "policy dropped", "policy opened",
        "row security off", "widened to public",
    ]  # fmt: skip
    assert [m.text for m in made if m.kind == "grant added" and m.grantee == "authenticated"] == [
        "INSERT on all columns granted to authenticated"
    ]


def test_an_expression_without_each_of_its_conditions() -> None:
    """At the top, inside OR, and in the WHERE of a sub-query."""
    text = "a = 1 AND (b = 2 OR c = 3 AND d = 4) AND EXISTS (SELECT 1 FROM m WHERE m.x = t.x AND m.y)"
    assert [w.dropped for w in without_each(text)] == [
        "a = 1",
        "b = 2 OR c = 3 AND d = 4",
        "EXISTS (SELECT 1 FROM m WHERE m.x = t.x AND m.y)",
        "c = 3",
        "d = 4",
        "m.x = t.x",
        "m.y",
    ]
    assert [w.text for w in without_each("EXISTS (SELECT 1 FROM m WHERE m.x = t.x)")] == ["EXISTS (SELECT 1 FROM m)"]
    assert conjuncts("a AND b AND (c OR d)") == ("a", "b", "c OR d")
    assert conjuncts("a OR b") == ("a OR b",)


KEYED = """
create table tenants (id integer primary key);
create table lists (tenant integer not null references tenants, id integer primary key, unique (tenant, id));
create table items (tenant integer {null}, list integer, id integer primary key);
alter table items add foreign key (tenant, list) references lists (tenant, id) {how};
alter table items enable row level security;
create policy p on items using (exists (select from lists l where l.tenant = items.tenant and {also}));
"""


@pytest.mark.parametrize(
    ("null", "how", "also", "follows"),
    [
        ("not null", "", "l.id = items.list", True),
        ("", "", "l.id = items.list", False),
        ("", "", "l.id = items.id", False),
        ("not null", "not valid", "l.id = items.list", False),
        ("not null", "", "l.id > items.list", False),
        ("not null", "", "l.id = items.id", False),
    ],
)
def test_a_foreign_key_may_have_it_already(null: str, how: str, also: str, follows: bool) -> None:
    """The tenants of a list and its items agree, if each item names its list; then a policy need not compare them."""
    catalog = built(KEYED.format(null=null, how=how, also=also))
    table = catalog.tables["public", "items"]
    dropped = next(w for w in without_each(table.policies[0].using or "") if w.dropped == "l.tenant = items.tenant")
    assert implied(dropped, table, catalog) is follows


CHAINED = """
create table classes (tenant integer not null, id integer primary key, unique (tenant, id));
create table sessions (tenant integer not null, class integer not null, id integer primary key,
  unique (tenant, class, id), foreign key (tenant, class) references classes (tenant, id));
create table bookings (tenant integer not null, class integer not null, session integer not null,
  foreign key (tenant, class, session) references sessions (tenant, class, id));
create table exams (tenant integer not null, class integer,
  foreign key (tenant, class) references classes (tenant, id));
alter table exams enable row level security;
create policy p on exams using (exists (
  select from bookings b where b.tenant = exams.tenant and b.class = exams.class and b.session > 0));
"""


def test_foreign_keys_may_have_it_by_way_of_others() -> None:
    """A booking's tenant is that of its class, by way of its session."""
    catalog = built(CHAINED)
    table = catalog.tables["public", "exams"]
    found = {w.dropped: implied(w, table, catalog) for w in without_each(table.policies[0].using or "")}
    assert found == {"b.tenant = exams.tenant": True, "b.class = exams.class": False, "b.session > 0": False}


def test_scores_are_not_rounded() -> None:
    """1999 of 2000 is not all."""
    made = [
        Mutated(kind="", table="t", policy="", text="", location=None, status=status, note="")
        for status in ("killed",) * 1999 + ("survived", "untold", "equivalent")
    ]  # fmt: skip
    score = Score(results=tuple(made))
    assert (score.total.counted, percent(score.total.part)) == (2000, "99.9 %")
    assert (score.meets("99.95"), score.meets("99.951"), score.meets("100")) == (True, False, False)
    assert (percent(None), percent(Fraction(1)), percent(Fraction(1, 3))) == ("–", "100 %", "33.3 %")
    assert not list(mutants(built("create table t (id int)"), ()))
