"""What the report says of tables, roles, functions and views."""

from __future__ import annotations

import pytest

from policytool.report.overview.model import Report, TableReport
from tests.report.overview.support import example, report_of

TABLE = (
    "create table public.notes (id uuid primary key, author_id uuid not null, org_id uuid, body text);"
    "create schema internal; create table internal.jobs (id int primary key);"
    "create role reporter; grant anon to reporter;"
)
ON = TABLE + "alter table public.notes enable row level security;"
GRANTED = "grant select, insert, update, delete on public.notes to anon, authenticated;"


def table_of(sql: str, name: str = "public.notes") -> TableReport:
    return next(t for t in report_of(sql, platform="supabase-explicit").tables if t.full_name == name)


@pytest.mark.parametrize(
    ("sql", "exposure"),
    [
        (TABLE, "closed"),
        (TABLE + GRANTED, "writable"),
        (TABLE + "grant select on public.notes to anon;", "public"),
        (TABLE + "grant select on public.notes to authenticated;", "shared"),
        (ON + GRANTED, "closed"),
        (ON + GRANTED + "create policy p on public.notes for select using (body = 'x');", "partly"),
        (ON + GRANTED + "create policy p on public.notes using (author_id = auth.uid());", "scoped"),
        (ON + GRANTED + "create policy p on public.notes for insert with check (true);", "writable"),
        ("alter table public.elsewhere enable row level security;", "unknown"),
    ],
)
def test_how_far_a_table_is_open(sql: str, exposure: str) -> None:
    """By the worst that any client may do, grants and policies together."""
    name = "public.elsewhere" if "elsewhere" in sql else "public.notes"
    assert table_of(sql, name).exposure == exposure


def test_a_schema_that_is_not_exposed_is_closed() -> None:
    """Whatever is granted in it."""
    sql = TABLE + "grant usage on schema internal to anon; grant all on internal.jobs to anon;"
    found = table_of(sql, "internal.jobs")
    assert (found.exposed, found.exposure) == (False, "closed")


def test_the_coverage_of_a_table() -> None:
    """Policies by command, those FOR ALL in each; columns, grants by column, indexes that are missing."""
    sql = (
        ON
        + "revoke all on public.notes from anon, authenticated;"
        + "grant select, update (body) on public.notes to authenticated;"
        + "create policy a on public.notes to authenticated using (author_id = auth.uid());"
        + "create policy r on public.notes for select to authenticated using (true);"
        + "create policy x on public.notes as restrictive using (body is not null);"
    )
    found = table_of(sql)
    assert found.policies == {"SELECT": 2, "INSERT": 1, "UPDATE": 1, "DELETE": 1}
    assert found.restrictive == 1
    assert (found.owner_columns, found.tenant_columns) == (("author_id",), ("org_id",))
    assert found.grants == {"authenticated": ("SELECT", "UPDATE (body)")}
    (index,) = found.indexes
    assert (index.column, index.present, index.policies) == ("author_id", False, ("a",))
    assert table_of(sql + index.sql).indexes[0].present


def test_findings_are_where_they_belong() -> None:
    """A table's number leads to its finding, and its rule brings its page."""
    report = report_of(TABLE + GRANTED)
    table = next(t for t in report.tables if t.full_name == "public.notes")
    rules = [report.findings[n].rule for n in table.findings]
    assert "rls-disabled-exposed" in rules
    assert table.worst == "error"
    assert report.findings[table.findings[0]].excerpt
    assert {r.name for r in report.rules} == {f.rule for f in report.findings}
    assert all(r.page.startswith("#") for r in report.rules)


def test_roles_that_matter() -> None:
    """Clients, roles made here, and owners; with what they are members of."""
    roles = {r.name: r for r in report_of(TABLE).roles}
    assert roles["anon"].anonymous
    assert not roles["authenticated"].anonymous
    assert (roles["reporter"].made_here, roles["reporter"].member_of) == (True, ("anon",))
    assert roles["postgres"].owns == 2
    assert "pg_monitor" not in roles


def test_definers_and_views() -> None:
    """Who may call them, and what they reach past policies."""
    report = report_of(
        ON + "create function public.all_notes() returns setof public.notes language sql security definer "
        "set search_path = '' as $$ select * from public.notes $$;"
        "grant execute on function public.all_notes() to anon;"
        "create view public.open as select * from public.notes; grant select on public.open to anon;"
        "create view public.safe with (security_invoker) as select * from public.notes;"
    )
    (function,) = report.functions
    assert "anon" in function.callers
    assert (function.reads, function.search_path) == (("public.notes",), '""')
    views = {v.name: v for v in report.views}
    assert (views["public.open"].definer, views["public.open"].past) == (True, ("public.notes",))
    assert "anon" in views["public.open"].readers
    assert not views["public.safe"].definer


GRADES = {"examples/leaky": "at risk", "supabase/migrations": "sound"}


@pytest.mark.parametrize(("folder", "grade"), GRADES.items())
def test_the_verdict(folder: str, grade: str) -> None:
    """One example leaks, the other does not; the sentences name the tables that are open."""
    report = example(folder)
    assert report.verdict.grade == grade
    opened = [t.full_name for t in report.tables if t.exposure in ("writable", "public", "shared")]
    assert all(any(name in s for s in report.verdict.sentences) for name in opened)
    assert sum(report.summary.exposure.values()) == len(report.tables)


def test_what_was_not_analysed_limits_the_verdict() -> None:
    """No verdict without saying what it does not cover."""
    report = report_of("do $$ begin execute (select body from public.notes limit 1); end $$;" + TABLE)
    assert report.summary.unmodelled
    assert "as far as the SQL could be analysed" in report.verdict.headline
    assert any("could not be analysed" in limit for limit in report.verdict.limits)


def test_nothing_is_a_report_too() -> None:
    """A source without a table."""
    report: Report = report_of("select 1;")
    assert report.tables == ()
    assert report.verdict.sentences == ("There is no table of your own.",)
