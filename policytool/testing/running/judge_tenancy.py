"""Judges isolation: nobody touches rows of a tenant that they are no member of, nor makes themselves one."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from policytool.catalog.model import Name
from policytool.catalog.spelling import constant, identifier
from policytool.testing.outcomes import Outcome
from policytool.testing.running.bench import Bench
from policytool.testing.running.candidates import candidates, own
from policytool.testing.running.refusal import refused
from policytool.testing.running.statements import insert, on_row
from policytool.testing.running.tenancy import Tenancy, number_of
from policytool.testing.running.verdict import Attempt, Verdict, attempt, denial, failed
from policytool.testing.running.world import named
from policytool.testing.suites.suite import Command, Handle, Isolation

_COMMANDS: tuple[Command, ...] = ("SELECT", "UPDATE", "DELETE")


def judge_apart(bench: Bench, actor: str, table: Name, tenancy: Tenancy | None) -> Verdict:
    """Read, change, delete and insert rows of others' tenants in one table."""
    if tenancy is None:
        return failed("there is no isolation to judge")
    last: Verdict | None = None
    for tenant in _foreign(tenancy, actor):
        handles = tenancy.rows.get((table, tenant), ())
        if not handles:
            why = tenancy.failed.get((table, tenant), "no row of it could be made")
            return failed(f"not measured: {tenant} has no row of {named(table)}: {why}", "not measured")
        for handle in handles:
            for command in _COMMANDS:
                sql = on_row(bench.world, command, handle, bench.role(actor))
                last = refused(bench, attempt(bench, actor, command, sql, handle))
                if last.problem:
                    return _of(last, tenant)
        for tried, altered in _inserts(bench, actor, table, handles[0]):
            if altered and tried.got.by == "constraint":
                continue  # of the row as it was put together nobody knows whether it could be
            if problem := denial(bench, tried):
                return _of(tried.verdict(problem.replace("may insert", "may insert a row like")), tenant)
    return last or Verdict(passed=True, outcome="member of all")


def _foreign(tenancy: Tenancy, actor: str) -> Iterator[Handle]:
    mine = tenancy.member_of.get(actor, frozenset())
    return (tenant for tenant in tenancy.tenants if tenant not in mine)


def _of(verdict: Verdict, tenant: Handle) -> Verdict:
    return structs.replace(verdict, problem=f"{verdict.problem} (of {tenant})")


def _inserts(bench: Bench, actor: str, table: Name, like: Handle) -> Iterator[tuple[Attempt, bool]]:
    """A row like one of the tenant's: as it is, and with the actor as the person that it is of.

    Its key is there already; but policies are asked before constraints are.
    """
    row = bench.world.row(like)
    columns = [c for c in bench.world.table(table).columns if c.generated is None and c.identity is None]
    kept = {c.name for c in columns if c.not_null and c.default is None}
    kept |= {n for c in bench.world.table(table).constraints if c.kind == "FOREIGN KEY" for n in c.columns}
    values = {c.name: row[c.name] for c in columns if c.name in kept and row[c.name] is not None}
    mine = {name: number for name in values if (number := own(bench, table, name, actor))}
    yield attempt(bench, actor, "INSERT", insert(table, values), like), False
    if mine:
        yield attempt(bench, actor, "INSERT", insert(table, {**values, **mine}), like), True


# --- becoming a member ----------------------------------------------------------------------------------------------


def judge_enrol(bench: Bench, actor: str, tenancy: Tenancy | None) -> Verdict:
    """Insert a membership of one's own, move one's membership, take over somebody's."""
    isolation = bench.world.suite.isolation
    if tenancy is None or isolation is None:
        return failed("there is no isolation to judge")
    number = number_of(bench.world, isolation, actor) or constant_uuid()
    last: Attempt | None = None
    for tenant in _foreign(tenancy, actor):
        for last in _enrolments(bench, isolation, tenancy, actor, tenant, number):
            got: Outcome = last.got
            if got.passed_policies:
                return last.verdict(f"{actor} makes itself a member of {tenant}")
            if got.kind == "error":
                return last.verdict(f"an error is no denial: {last.error}")
    return last.verdict() if last else Verdict(passed=True, outcome="member of all")


def _enrolments(
    bench: Bench, isolation: Isolation, tenancy: Tenancy, actor: str, tenant: Handle, number: str
) -> Iterator[Attempt]:
    table = isolation.members
    theirs = tenancy.rows.get((table, tenant), ())
    key = next((bench.world.row(h)[isolation.tenant_column] for h in theirs), None)
    if key is None:
        return
    for values in _memberships(bench, isolation, theirs[0], key, number, actor):
        yield attempt(bench, actor, "INSERT", insert(table, values))
    set_tenant = f"set {identifier(isolation.tenant_column)} = {constant(key)}"
    set_user = f"set {identifier(isolation.user_column)} = {constant(number)}"
    is_mine = f"where {identifier(isolation.user_column)} = {constant(number)}"
    is_theirs = f"where {identifier(isolation.tenant_column)} = {constant(key)}"
    # Without a filter no column is read, and no SELECT policy asked.
    for change in (f"{set_tenant} {is_mine}", f"{set_user} {is_theirs}", set_tenant, set_user):
        yield attempt(bench, actor, "UPDATE", f"update {named(table)} {change}")


def _memberships(
    bench: Bench, isolation: Isolation, like: Handle, key: str, number: str, actor: str
) -> Iterator[dict[str, str | None]]:
    """Memberships of the actor: as little as there must be, and like somebody's, in every role that there is."""
    table = bench.world.table(isolation.members)
    row = bench.world.row(like)
    columns = [c for c in table.columns if c.generated is None and c.identity is None]
    needed = {c.name: row[c.name] for c in columns if c.not_null and c.default is None}
    mine: dict[str, str | None] = {isolation.tenant_column: key, isolation.user_column: number}
    yield {**needed, **mine}
    for column in columns:
        if column.name in mine or column.type in ("uuid", "jsonb", "json") or "time" in column.type:
            continue
        for value in (row[column.name], *candidates(bench, isolation.members, column, like, actor)):
            if value is not None:
                yield {**needed, **mine, column.name: value}


def constant_uuid() -> str:
    """Nobody's number, for those who have none."""
    return "00000000-0000-4000-8000-000000000000"
