"""Mutants of policies: which tests notice, which cannot be noticed, and what the others would let through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction

import pytest
from msgspec import Struct

from policytool.catalog.build.platform import Platform
from policytool.postgres.server import Server
from policytool.postgres.session import Session
from policytool.testing.actors import Actor, key, person
from policytool.testing.conjuncts import conjuncts, without_each
from policytool.testing.implied import implied
from policytool.testing.mutants import mutants
from policytool.testing.mutate import CaseFile, mutate
from policytool.testing.outcomes import outcome
from policytool.testing.score import Mutated, Score, TableScore, percent
from tests.catalog.build.support import built
from tests.testing.trying import on_a_server

BEN, SAM, ANON = person("ben"), person("sam"), key("anon")
ACTORS = {who.name: who.identity() for who in (BEN, SAM, ANON)}
PLATFORM = Platform(name="supabase-explicit", exposed_schemas=("public",), major_version=18)
ORDERS = """
create table orders (id text primary key, buyer_id uuid not null, status text not null default 'open');
alter table orders enable row level security;
create policy "own" on orders for select to authenticated using (buyer_id = auth.uid() and status <> 'hidden');
grant select on orders to authenticated;
"""
ROWS = f"""
insert into orders values ('o1', '{BEN.user}', 'open'), ('o2', '{SAM.user}', 'open'), ('o3', '{BEN.user}', 'hidden');
"""


class Rows(Struct, frozen=True, kw_only=True):
    """A statement, and how many rows it is to touch; None: it is to be refused."""

    who: Actor
    sql: str
    rows: int | None
    command: str = ""

    @property
    def role(self) -> str:
        return self.who.role

    @property
    def denies(self) -> bool:
        return not self.rows

    @property
    def name(self) -> str:
        return f"{self.who.name}: {self.sql}"

    @property
    def texts(self) -> Collection[str]:
        return (self.sql,)

    def holds(self, session: Session) -> bool:
        answer = session.attempt(self.who.identity(), self.sql)
        refused = outcome(answer).kind in ("denied", "error")
        return refused if self.rows is None else answer.ran and answer.rows == self.rows


def scored(
    server: Server, sql: str, rows: str, cases: Sequence[Rows], actors: Sequence[Actor] = (BEN, SAM, ANON)
) -> Score:
    """What becomes of the mutants of a project."""
    with on_a_server(server, sql, rows) as (session, catalog):
        found = session.bypass("select ctid::text, id from orders") if "orders" in sql else None
        names = {(("public", "orders"), r[0] or ""): r[1] or "" for r in found.values} if found else {}

        def begin() -> Callable[[int], bool]:
            return lambda at: cases[at].holds(session)

        identities = {who.name: who.identity() for who in actors}
        tested = CaseFile(session=session, cases=cases, begin=begin, actors=identities, names=names)
        return mutate(catalog, PLATFORM, [tested])


def ends(score: Score) -> dict[str, str]:
    return {result.text: result.status for result in score.results if result.status != "equivalent"}


def one(score: Score, text: str) -> Mutated:
    return next(result for result in score.results if text in result.text)


def test_what_no_case_notices_survives(supabase_server: Server) -> None:
    """One row that its owner sees is no test of whom it is kept from; the first thing to be reached is told."""
    score = scored(supabase_server, ORDERS, ROWS, [Rows(who=BEN, sql="select from orders where id = 'o1'", rows=1)])
    assert ends(score) == {
        'policy "own" dropped': "killed",
        'policy "own" opened: USING (true)': "survived",
        'policy "own", USING without buyer_id = auth.uid()': "survived",
        "policy \"own\", USING without status <> 'hidden'": "survived",
        "row level security off": "survived",
    }
    opened = one(score, "opened")
    assert opened.note == "ben would read o2"
    assert opened.location is not None
    assert (opened.table, opened.location.path, opened.location.line) == ("public.orders", "test.sql", 4)
    assert one(score, "without status").note == "ben would read o3"
    assert score.total == TableScore(table="", killed=1, survived=4, equivalent=score.total.equivalent)
    assert score.total.part == Fraction(1, 5)


def test_cases_that_notice_kill(supabase_server: Server) -> None:
    """With a stranger, and a row that the condition hides, nothing is left."""
    cases = [
        Rows(who=BEN, sql="select from orders", rows=1),
        Rows(who=ANON, sql="select from orders", rows=None),
    ]
    score = scored(supabase_server, ORDERS, ROWS, cases)
    assert set(ends(score).values()) == {"killed"}
    assert one(score, "opened").note == "ben: select from orders"
    assert score.meets("100")
    assert score.failing == ()


def test_a_case_that_fails_anyway_kills_nothing(supabase_server: Server) -> None:
    """It is named, and left out."""
    case = Rows(who=BEN, sql="select from orders", rows=7)
    score = scored(supabase_server, ORDERS, ROWS, [case])
    assert score.failing == (case.name,)
    assert not score.of("killed")


def test_without_rows_nothing_is_proved(supabase_server: Server) -> None:
    """Mutants of a table without a row are not passed over."""
    score = scored(supabase_server, ORDERS, "select 1", [])
    assert {r.note for r in score.of("unseeded")} == {"no row of public.orders is there"}
    assert (score.total.part, score.meets("1")) == (Fraction(0), False)


def test_a_difference_that_no_row_shows_is_its_own_kind(supabase_server: Server) -> None:
    """A condition that every row fulfils, and every row with another value in a column that is looked at."""
    sql = ORDERS.replace("status <> 'hidden'", "length(id) < 90").replace("buyer_id = auth.uid()", "length(id) < 100")
    score = scored(supabase_server, sql, ROWS, [Rows(who=BEN, sql="select from orders", rows=3)])
    assert one(score, "without length(id) < 100").status == "untold"
    assert one(score, "opened").note == "no row is there that it keeps back"
    assert score.total.counted == 2


EQUIVALENT = [
    ("create policy p on t for select to authenticated using (true)", 'policy "p" opened', "it says the same"),
    (
        "create policy p on t for select to authenticated using (owner = auth.uid());"
        "create policy q on t for select to authenticated using (true)",
        'policy "p" dropped',
        "another policy admits all that it does, whatever it says",
    ),
    (
        "create policy p on t for select to authenticated using (owner = auth.uid());"
        "create policy q on t for select to authenticated using (owner = auth.uid())",
        'policy "p" dropped',
        "another policy says the same",
    ),
    (
        "create policy p on t for delete to authenticated using (owner = auth.uid())",
        'policy "p" opened',
        "nobody whom it is for has the privilege",
    ),
    (
        "create policy p on t for select to authenticated using (owner = auth.uid()); grant select on t to anon",
        'policy "p" TO PUBLIC',
        "it lets nothing through for anon",
    ),
    (
        "create policy p on t for select to authenticated using (owner = auth.uid())",
        'policy "p" TO PUBLIC',
        "it is for all who have the privilege already",
    ),
    (
        "create policy p on t for update to authenticated using (owner = auth.uid()) with check (owner = auth.uid());"
        "grant update on t to authenticated",
        'policy "p" without its WITH CHECK',
        "it says the same",
    ),
    (
        "create policy p on t for select using (owner = auth.uid())",
        "DELETE granted to anon",
        "no policy lets anon delete",
    ),
    (
        "alter table t disable row level security; create policy p on t",
        'policy "p" dropped',
        "row level security is off",
    ),
]


@pytest.mark.parametrize(("policies", "mutant", "why"), EQUIVALENT)
def test_mutants_that_change_nothing_are_left_out(
    supabase_server: Server, policies: str, mutant: str, why: str
) -> None:
    """By reasoning; and measured, they make no difference."""
    sql = f"""
    create table t (id text primary key, owner uuid);
    alter table t enable row level security;
    grant select on t to authenticated;
    {policies};
    """
    rows = f"insert into t values ('1', '{BEN.user}'), ('2', '{SAM.user}'), ('3', null)"
    score = scored(supabase_server, sql, rows, [])
    found = one(score, mutant)
    assert (found.status, found.note[: len(why)]) == ("equivalent", why)
    with on_a_server(supabase_server, sql, rows) as (session, catalog):
        counts = [
            "select id from t", "insert into t values ('n', null)", f"insert into t values ('n', '{BEN.user}')",
            "update t set id = id", f"update t set owner = '{SAM.user}'", "delete from t",
        ]  # fmt: skip

        def all_rows() -> list[int]:
            return [session.attempt(who, sql).rows for who in ACTORS.values() for sql in counts]

        made = next(m for m in mutants(catalog, ("anon", "authenticated")) if mutant in m.text)
        before = all_rows()
        with session.savepoint():
            assert session.bypass(made.sql, keep=True).ran
            assert all_rows() == before


def test_tables_behind_policies_are_looked_at(supabase_server: Server) -> None:
    """A mutant of a table that other policies read is noticed by a case about those."""
    sql = """
    create table members (org text, user_id uuid, primary key (org, user_id));
    alter table members enable row level security;
    create policy own on members for select to authenticated using (user_id = auth.uid());
    create table projects (id text primary key, org text);
    alter table projects enable row level security;
    create policy mine on projects for select to authenticated using (org in (select m.org from members m));
    grant select on members, projects to authenticated;
    """
    rows = f"""
    insert into members values ('acme', '{BEN.user}'), ('bolt', '{SAM.user}');
    insert into projects values ('p1', 'acme'), ('p2', 'bolt');
    """
    score = scored(supabase_server, sql, rows, [Rows(who=BEN, sql="select from projects", rows=1)])
    assert one(score, 'policy "own" opened').status == "killed"
    unnoticed = scored(supabase_server, sql, rows, [Rows(who=ANON, sql="select from members", rows=None)])
    told = one(unnoticed, 'policy "own" opened')
    assert told.status == "survived"
    assert told.note.startswith("ben would read a row of public.")


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


def test_restrictive_policies_and_checks_are_noticed(supabase_server: Server) -> None:
    """What only a new row shows is told as such."""
    sql = """
    create table orders (id text primary key, owner uuid not null);
    alter table orders enable row level security;
    create policy change on orders for update to authenticated
      using (owner = auth.uid()) with check (owner = auth.uid());
    create policy read on orders for select to authenticated using (true);
    create policy keep on orders as restrictive for update to authenticated using (id <> 'o3');
    grant select, update on orders to authenticated;
    """
    rows = f"insert into orders values ('o1', '{BEN.user}'), ('o2', '{SAM.user}'), ('o3', '{BEN.user}')"
    score = scored(supabase_server, sql, rows, [Rows(who=BEN, sql="update orders set id = id where id = 'o1'", rows=1)])
    assert one(score, "WITH CHECK (true)").note == f"ben would update o1 so that owner = {SAM.user}"
    assert one(score, 'policy "keep" dropped').note == "ben would update o3"


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
create table items (tenant integer not null, list integer {null}, id integer primary key);
alter table items add foreign key (tenant, list) references lists (tenant, id) {how};
alter table items enable row level security;
create policy p on items using (exists (select from lists l where l.tenant = items.tenant and {also}));
"""


@pytest.mark.parametrize(
    ("null", "how", "also", "follows"),
    [
        ("not null", "", "l.id = items.list", True),
        ("", "", "l.id = items.list", False),
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


def test_a_policy_that_admits_no_row_is_not_tested(supabase_server: Server) -> None:
    """Nor is one that keeps back none: its mutants count, and it is said what row is missing."""
    sql = """
    create table t (id text primary key, owner uuid, open boolean not null default true);
    alter table t enable row level security;
    create policy own on t for select to authenticated using (owner = auth.uid() and owner <> auth.uid());
    create policy shown on t for select to authenticated using (open);
    grant select on t to authenticated;
    """
    score = scored(supabase_server, sql, f"insert into t values ('1', '{SAM.user}')", [])
    assert (one(score, '"own" dropped').status, one(score, '"own" dropped').note) == (
        "unseeded",
        "no row is there that it admits",
    )
    assert one(score, '"shown" opened').note == "ben would read a row like public.t with open = false"


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
