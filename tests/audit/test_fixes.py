"""Fixes are proved before they are written: on the catalog, together, and one by one where that fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policytool import api
from policytool.audit import fixes
from policytool.audit.fixes import Plan, Wanted
from policytool.audit.own_rules import OwnRules
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Fix, member_ref, table_ref
from policytool.postgres.platform import apply_migrations
from policytool.postgres.server import Server
from policytool.rule import Context, PolicyRule, Rule, TableRule
from tests.rules.support import pages

EXAMPLE = Path(__file__).parents[2] / "examples/leaky/supabase/migrations"


def planned(folder: Path, sql: str, *rules: Rule, names: tuple[str, ...] = (), unsafe: bool = True) -> Plan:
    """The plan for one file of SQL, with rules made for the test."""
    path = folder / "supabase/migrations/20240101000000_one.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(sql)
    wanted = Wanted(rules=names or tuple(rule.name for rule in rules), unsafe=unsafe)
    return api.fixes(str(folder), platform="supabase-explicit", wanted=wanted, rules=OwnRules(rules=rules))


class NoComment(TableRule):
    """A table has no comment."""

    name = "no-comment"
    severity = "warning"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        if table.comment is None:
            sql = self.sql(table)
            yield self.finding(table_ref(table), "no comment", at=table.made, fix=Fix(sql=sql, safety="safe"))

    def sql(self, table: Table) -> str:
        return f"comment on table {table.schema}.{table.name} is 'x';"


class WrongForSome(NoComment):
    """A table has no comment; the fix of every third does not work."""

    def sql(self, table: Table) -> str:
        good = super().sql(table)
        return good if int(table.name[1:]) % 3 else good.replace(f".{table.name}", f".nobody_{table.name}")


class MendsNothing(NoComment):
    """A table has no comment; the fix is about something else."""

    def sql(self, table: Table) -> str:
        return "select 1;"


class Opens(NoComment):
    """A table has no comment; the fix also opens it."""

    def sql(self, table: Table) -> str:
        more = f"grant select on {table.schema}.{table.name} to anon;" if table.name == "t1" else ""
        return f"{super().sql(table)}\n{more}"


def tables(count: int) -> str:
    return "".join(f"create table public.t{n} (id int primary key);\n" for n in range(count))


def test_fixes_that_hold_are_written(tmp_path: Path) -> None:
    """One section each, with the rule and the object; nothing of it is left."""
    plan = planned(tmp_path, tables(3), NoComment())
    assert [f.identity for f in plan.fixed] == ["table public.t0", "table public.t1", "table public.t2"]
    assert plan.refused == ()
    assert "-- no-comment: table public.t0\n-- no comment\ncomment on table public.t0 is 'x';\n" in plan.text
    assert "no-comment" not in {f.rule for f in plan.left}
    assert not plan.file.path.exists()


def test_a_fix_that_postgres_would_refuse_is_not_written(tmp_path: Path) -> None:
    """And it is said why; the others are."""
    plan = planned(tmp_path, tables(7), WrongForSome())
    assert {f.object.name for f in plan.fixed} == {"t1", "t2", "t4", "t5"}
    assert {r.finding.object.name for r in plan.refused} == {"t0", "t3", "t6"}
    assert all("nobody" in refused.why for refused in plan.refused)
    assert "nobody" not in plan.text


def test_a_fix_that_mends_nothing_is_not_written(tmp_path: Path) -> None:
    """Its finding would still be there."""
    plan = planned(tmp_path, tables(2), MendsNothing())
    assert (plan.fixed, plan.text) == ((), "")
    assert {r.why for r in plan.refused} == {"the finding would still be there after it"}
    assert {r.finding.object.name for r in plan.refused} == {"t0", "t1"}


def test_a_fix_that_brings_something_else_is_not_written(tmp_path: Path) -> None:
    """The table was private, and would be open."""
    plan = planned(tmp_path, tables(3), Opens())
    assert {f.object.name for f in plan.fixed} == {"t0", "t2"}
    ((refused),) = plan.refused
    assert refused.finding.object.name == "t1"
    assert "it would bring error[" in refused.why


class Hidden(NoComment):
    """A table has no comment; the fix of one makes something wrong elsewhere, which no line of it shows."""

    def sql(self, table: Table) -> str:
        more = "\ncomment on table public.guarded is null;" if table.name == "t5" else ""
        return super().sql(table) + more


class Guarded(TableRule):
    """A guarded table is not guarded."""

    name = "guarded"
    severity = "error"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        if table.name == "guarded" and table.comment is None:
            yield self.finding(table_ref(table), "not guarded", at=None)


def test_the_one_at_fault_is_found_among_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By halving, where no line of the file points to it: few proofs for many fixes."""
    proofs: list[int] = []
    real = fixes._seen

    def counted(*given: Any) -> Any:
        proofs.append(1)
        return real(*given)

    monkeypatch.setattr(fixes, "_seen", counted)
    sql = tables(64) + "create table public.guarded (); comment on table public.guarded is 'x';"
    plan = planned(tmp_path, sql, Hidden(), Guarded(), names=("no-comment",))
    assert len(plan.fixed) == 63
    assert [r.finding.object.name for r in plan.refused] == ["t5"]
    assert "it would bring error[guarded]: not guarded" in plan.refused[0].why
    assert len(proofs) < 40


class ToAuthenticated(PolicyRule):
    """A policy is for everybody."""

    name = "to-everybody"
    severity = "warning"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        if "public" in policy.roles:
            sql = f'alter policy "{policy.name}" on {table.name} to authenticated;'
            yield self.finding(member_ref("policy", table, policy.name), "m", at=policy.made, fix=Fix(sql=sql))


class Narrower(PolicyRule):
    """A policy does not ask for something; the fix adds it to what there is."""

    severity = "warning"
    wants = ""

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        if policy.using is not None and self.wants not in policy.using:
            sql = f"alter policy {policy.name} on {table.name} using (({policy.using}) and {self.wants});"
            yield self.finding(member_ref("policy", table, policy.name), "m", at=policy.made, fix=Fix(sql=sql))


class AsksForOwner(Narrower):
    """A policy does not ask for the owner."""

    name = "no-owner"
    wants = "owner = 1"


class AsksForTenant(Narrower):
    """A policy does not ask for the tenant."""

    name = "no-tenant"
    wants = "tenant = 2"


def test_fixes_of_one_object_follow_each_other(tmp_path: Path) -> None:
    """The second is made for what the first has left, or it would undo it."""
    sql = "create table t (id int, owner int, tenant int); alter table t enable row level security;"
    plan = planned(tmp_path, sql + "create policy p on t using (id = 3);", AsksForOwner(), AsksForTenant())
    assert [f.rule for f in plan.fixed] == ["no-owner", "no-tenant"]
    assert plan.refused == ()
    last = plan.text.rpartition("alter policy")[2]
    assert "owner = 1" in last
    assert "tenant = 2" in last
    assert "id = 3" in last


class Same(ToAuthenticated):
    """A policy is for everybody, and the fix is for all of them."""

    name = "all-at-once"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        for finding in super().check(table, policy, context):
            yield self.finding(finding.object, "m", at=None, fix=Fix(sql="drop table t cascade;"))


def test_the_same_sql_is_written_once(tmp_path: Path) -> None:
    """Where one fix mends several findings."""
    sql = "create table t (id int); create policy a on t using (id = 1); create policy b on t using (id = 2);"
    plan = planned(tmp_path, sql, Same())
    assert plan.text.count("drop table t cascade") <= 1


def test_safe_ones_only_unless_asked(tmp_path: Path) -> None:
    """What may stop a client is left out and counted."""
    sql = "create table t (id int); alter table t enable row level security; create policy p on t using (id = 1);"
    plan = planned(tmp_path, sql, ToAuthenticated(), unsafe=False)
    assert (plan.text, plan.fixed) == ("", ())
    assert [f.rule for f in plan.unsafe] == ["to-everybody"]


class Hostile(NoComment):
    """A message that tries to get out of its comment."""

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        for finding in super().check(table, context):
            yield self.finding(
                finding.object, "a\ndrop table public.t0;\r\n\x0b\u2028drop table public.t0; " + "x" * 300,
                at=None, fix=finding.fix,
            )  # fmt: skip


def test_no_name_gets_out_of_its_comment(tmp_path: Path) -> None:
    """Names are somebody's; every line of the file is a comment or the fix itself."""
    plan = planned(tmp_path, tables(1), Hostile())
    assert plan.fixed
    lines = [line for line in plan.text.splitlines() if line and not line.startswith("-- ")]
    assert lines == ["comment on table public.t0 is 'x';"]


def test_the_fixes_of_the_example_run(supabase_server: Server) -> None:
    """All of them, unsafe ones too, in one file after the others, without an error on a server."""
    plan = api.fixes(str(EXAMPLE), wanted=Wanted(unsafe=True), output=Path("fixes.sql"))
    assert len(plan.fixed) >= 10
    files = [path.read_text() for path in sorted(EXAMPLE.glob("*.sql"))]
    name = supabase_server.create_database("supabase_explicit", owner="postgres")
    try:
        results = apply_migrations(supabase_server, name, [*files, plan.text])
    finally:
        supabase_server.drop_database(name)
    assert [r.error.message for r in results if r.error] == []


@pytest.mark.parametrize("page", pages(), ids=[p.rule for p in pages()])
def test_what_is_planned_holds(page: object, tmp_path: Path) -> None:
    """For the bad SQL of every page: built again with the new file, what was mended is gone and nothing is new."""
    from tests.rules.support import Page, alarms, audited

    assert isinstance(page, Page)
    bad = page.block("Bad")
    for number, text in enumerate(bad.files):
        path = tmp_path / f"supabase/migrations/2024010100000{number}_x.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    plan = api.fixes(str(tmp_path), platform=bad.platform, wanted=Wanted(unsafe=True))
    before = audited(*bad.files, platform=bad.platform)
    after = audited(*bad.files, plan.text, platform=bad.platform)
    gone = {f.fingerprint for f in plan.fixed}
    assert not gone & {f.fingerprint for f in after if f.severity != "info"}
    passing = {f.rule for f in after if f.concern == "availability"}
    assert {a for a in alarms(after) if a[0] not in passing} <= set(alarms(before))
