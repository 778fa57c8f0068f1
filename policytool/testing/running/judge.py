"""Judges a case: tries it, proves a denial not to be vacuous, and tries what a single statement would not show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from msgspec import structs

from policytool.catalog.keys import primary_key
from policytool.catalog.spelling import constant, identifier
from policytool.testing.outcomes import outcome
from policytool.testing.running.bench import Bench
from policytool.testing.running.candidates import candidates
from policytool.testing.running.cases import Apart, Case, Enrol, Freeze, Insert, OnRow, Run
from policytool.testing.running.judge_statement import judge_run
from policytool.testing.running.judge_tenancy import judge_apart, judge_enrol
from policytool.testing.running.refusal import refused
from policytool.testing.running.statements import insert, on_row, readable
from policytool.testing.running.tenancy import Tenancy
from policytool.testing.running.verdict import Attempt, Verdict, attempt, failed, unexpected
from policytool.testing.running.world import Unseeded, named, settable
from policytool.testing.suites.suite import Handle, Sees, Who

Explain = Callable[[Verdict], str]


def judge(bench: Bench, case: Case, tenancy: Tenancy | None = None, explain: Explain = lambda _: "") -> Verdict:
    """What comes of a case; all that it does is undone. `explain` is asked of a failure, before that."""
    told = partial(_told, explain)
    try:
        match case.probe:
            case OnRow():
                return told(_on_row(bench, case.actor, case.probe))
            case Insert():
                with bench.session.savepoint():
                    return told(_insert(bench, case.actor, case.probe))
            case Freeze():
                return told(_freeze(bench, case.actor, case.probe))
            case Who():
                return told(_who(bench, case.probe))
            case Sees():
                return told(_sees(bench, case.probe))
            case Run():
                with bench.session.savepoint():
                    return told(judge_run(bench, case.actor, case.probe))
            case Apart():
                return told(judge_apart(bench, case.actor, case.probe.table, tenancy))
            case Enrol():
                return told(judge_enrol(bench, case.actor, tenancy))
    except Unseeded as why:
        return failed(str(why), "not seeded")


def _told(explain: Explain, verdict: Verdict) -> Verdict:
    """With what decided it, in the state that it came from."""
    return verdict if verdict.passed else structs.replace(verdict, why=explain(verdict))


# --- rows -----------------------------------------------------------------------------------------------------------


def _on_row(bench: Bench, actor: str, probe: OnRow) -> Verdict:
    sql = on_row(bench.world, probe.command, probe.handle, bench.role(actor), spare=probe.spare)
    tried = attempt(bench, actor, probe.command, sql, probe.handle)
    if probe.allow:
        return tried.verdict("" if tried.got.passed_policies else _stopped(tried))
    return refused(bench, tried)


def _stopped(tried: Attempt) -> str:
    if tried.got.kind == "filtered":
        return f"the row is filtered out: {tried.actor} reaches no row"
    return f"{tried.actor} is stopped: {tried.error}"


# --- inserts --------------------------------------------------------------------------------------------------------


def _insert(bench: Bench, actor: str, probe: Insert) -> Verdict:
    """In a savepoint: rows that it refers to are made."""
    values = bench.lay(probe.table, bench.world.values(probe.given), denied=probe.expect.kind == "deny")
    back = f"returning {readable(bench.world, probe.table, bench.role(actor))}" if probe.returning else ""
    tried = attempt(bench, actor, "INSERT", insert(probe.table, values, returning=back))
    if back and tried.got.by == "check":
        tried = read_gate(tried, attempt(bench, actor, "INSERT", insert(probe.table, values)))
    problem = unexpected(bench, tried, probe.expect)
    if problem and probe.unlisted and tried.got.passed_policies:
        problem += ", and nothing under `create` says so"
    return tried.verdict(problem)


def read_gate(tried: Attempt, plain: Attempt) -> Attempt:
    """A row that WITH CHECK accepts may still be refused because it is to be read: by RETURNING or ON CONFLICT."""
    if not plain.got.passed_policies:
        return tried
    return structs.replace(tried, got=structs.replace(tried.got, by="read"))


# --- frozen columns -------------------------------------------------------------------------------------------------


def _freeze(bench: Bench, actor: str, probe: Freeze) -> Verdict:
    """No other value can be given to the column; a value that only a constraint is against proves it for none."""
    refused_: Attempt | None = None
    stopped: Attempt | None = None
    for handle, value, sql in _other_values(bench, actor, probe):
        tried = attempt(bench, actor, "UPDATE", sql, handle)
        if tried.got.kind == "error":
            return tried.verdict(f"an error is no denial: {tried.error}")
        if tried.got.kind == "allowed" and _kept(bench, tried, handle, probe):
            return tried.verdict(f"{actor} changes {probe.column} of {handle} to {shown(value)}", "changed")
        if tried.got.by != "constraint":
            refused_ = tried
        elif outcome(bench.proof(sql), "UPDATE").by != "constraint":
            return tried.verdict(f"policies let {actor} change {probe.column} of {handle}: {tried.error}", "changed")
        else:
            stopped = tried
    if refused_ is not None:
        return refused_.verdict(outcome="unchanged" if refused_.got.kind == "allowed" else str(refused_.got))
    if stopped is not None:
        return stopped.verdict(f"only a constraint keeps {actor} from changing {probe.column}: {stopped.error}")
    return failed(f"no other value of {probe.column} could be tried: it proves nothing", "not tried")


def _other_values(bench: Bench, actor: str, probe: Freeze) -> Iterator[tuple[Handle, str | None, str]]:
    """Rows, values, and the statements that give the one to the other, past all policies at least."""
    column = next(c for c in bench.world.table(probe.table).columns if c.name == probe.column)
    for handle in probe.handles if settable(column) else ():
        where = bench.world.where(handle, bench.role(actor))
        for value in candidates(bench, probe.table, column, handle, actor):
            sql = f"update {named(probe.table)} set {identifier(probe.column)} = {constant(value)} where {where}"
            if not bench.vacuous(sql):
                yield handle, value, sql


def _kept(bench: Bench, tried: Attempt, handle: Handle, probe: Freeze) -> bool:
    """Whether the value is another one afterwards: a trigger may have put back what was there."""
    before = bench.world.row(handle)[probe.column]
    with bench.session.savepoint():
        bench.attempt(tried.actor, tried.sql, keep=True)
        where = bench.world.where(handle)
        now = bench.session.bypass(f"select {identifier(probe.column)}::text from {named(probe.table)} where {where}")
    return now.values != ((before,),)


def shown(value: str | None) -> str:
    """A value in a sentence."""
    return "null" if value is None else repr(value)


# --- sets -----------------------------------------------------------------------------------------------------------


def _who(bench: Bench, who: Who) -> Verdict:
    found, problem, last = [], "", None
    for actor in bench.world.suite.actors:
        sql = on_row(bench.world, who.command, who.handle, bench.role(actor))
        tried = attempt(bench, actor, who.command, sql, who.handle)
        may = tried.got.passed_policies
        if may:
            found.append(actor)
        wrong = ("" if may else f"{_stopped(tried)}") if actor in who.exactly else refused(bench, tried).problem
        if wrong and not problem:
            problem, last = wrong, tried
    outcome_ = ", ".join(found) or "nobody"
    return last.verdict(problem, outcome_) if last else Verdict(passed=True, outcome=outcome_)


def _sees(bench: Bench, sees: Sees) -> Verdict:
    """Exactly the rows with a name that are expected; rows without one do not count."""
    world, role = bench.world, bench.role(sees.actor)
    table, held = world.table(sees.table), world.rights(role, sees.table)
    keys = primary_key(table) or tuple(c.name for c in table.columns)
    names = [k for k in keys if k in held.select] or [c.name for c in table.columns if c.name in held.select]
    columns = ", ".join(f"{identifier(name)}::text" for name in names) or "*"
    there = [Handle(sees.table, key.partition("/")[2]) for key, p in world.rows.items() if p.table == sees.table]
    among = " or ".join(f"({world.where(handle, role)})" for handle in there) if world.gentle else ""
    where = f" where {among}" if among else ""
    tried = attempt(bench, sees.actor, "SELECT", f"select {columns} from {named(sees.table)}{where}")
    if tried.got.kind == "error":
        return tried.verdict(f"an error is no answer: {tried.error}")
    rows = set(tried.answer.values)
    seen = [h for h in there if tuple(world.row(h)[name] for name in names) in rows]
    more = ", ".join(h.name for h in seen if h not in sees.handles)
    less = ", ".join(h.name for h in sees.handles if h not in seen)
    for handle in sees.handles:
        world.row(handle)
    problem = " and ".join(
        part
        for part in (f"{sees.actor} also sees {more}" if more else "", f"does not see {less}" if less else "")
        if part
    )
    return tried.verdict(problem, ", ".join(h.name for h in seen) or "nothing")
