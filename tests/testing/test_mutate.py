"""Mutants of policies: which tests notice, which cannot be noticed, and what the others would let through."""

from __future__ import annotations

from fractions import Fraction

import pytest

from policytool.postgres.server import Server
from policytool.testing.mutation.mutants import mutants
from policytool.testing.mutation.score import TableScore
from tests.testing.mutating import ACTORS, ANON, BEN, SAM, Rows, ends, one, scored
from tests.testing.trying import on_a_server

ORDERS = """
create table orders (id text primary key, buyer_id uuid not null, status text not null default 'open');
alter table orders enable row level security;
create policy "own" on orders for select to authenticated using (buyer_id = auth.uid() and status <> 'hidden');
grant select on orders to authenticated;
"""
ROWS = f"""
insert into orders values ('o1', '{BEN.user}', 'open'), ('o2', '{SAM.user}', 'open'), ('o3', '{BEN.user}', 'hidden');
"""


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


def test_paths_that_name_a_person_are_tried_with_others(supabase_server: Server) -> None:
    """A file could be moved to a folder of one's own: only a row with another path shows it."""
    sql = """
    create table files (id integer primary key, name text not null);
    alter table files enable row level security;
    create policy move on files for update to authenticated
      using (split_part(name, '/', 1) = auth.uid()::text) with check (split_part(name, '/', 1) = auth.uid()::text);
    create policy look on files for select to authenticated using (true);
    grant select, update on files to authenticated;
    """
    score = scored(supabase_server, sql, f"insert into files values (1, '{SAM.user}/a.png')", [])
    assert one(score, '"move" opened').note == f"ben would update a row of public.files so that name = {BEN.user}/a.png"


def test_days_and_numbers_are_tried_on_both_sides(supabase_server: Server) -> None:
    """What is past or yet to come, and the numbers that a policy names and those next to them."""
    sql = """
    create table posts (id text primary key, shown timestamptz not null, grade integer not null);
    alter table posts enable row level security;
    create policy shown on posts for select to authenticated using (shown <= now() and grade > 3);
    grant select on posts to authenticated;
    """
    score = scored(supabase_server, sql, "insert into posts values ('1', now(), 5)", [])
    assert one(score, "without shown").note.startswith("ben would read a row like public.posts with shown = 2990-01-01")
    assert one(score, "without grade").note in {
        f"ben would read a row like public.posts with grade = {n}" for n in (2, 3)
    }


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
