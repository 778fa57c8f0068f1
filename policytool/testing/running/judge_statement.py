"""Judges a case of `cases`: rows of its own, what is done before, the statement, and what holds afterwards."""

from __future__ import annotations

from msgspec import structs

from policytool.testing.outcomes import outcome
from policytool.testing.running.bench import Bench
from policytool.testing.running.cases import Run
from policytool.testing.running.statements import of_operation
from policytool.testing.running.verdict import Attempt, Verdict, attempt, command_of, failed, unexpected
from policytool.testing.running.world import add
from policytool.testing.suites.suite import Check, Command, Operation, Step


def judge_run(bench: Bench, actor: str, probe: Run) -> Verdict:
    """In a savepoint, since steps stay until its end."""
    statement = probe.statement
    if statement.rows:
        bench = Bench(bench.session, add(bench.session, bench.world, statement.rows))
    for step in statement.first:
        if problem := _step(bench, step):
            return failed(problem)
    operation = statement.operation
    values = _values(bench, operation, denied=probe.expect.kind == "deny")
    tried = _tried(bench, actor, operation, values)
    if problem := unexpected(bench, tried, probe.expect):
        return tried.verdict(problem, _outcome(tried))
    if not statement.then or probe.expect.kind not in ("allow", "result"):
        return tried.verdict(outcome=_outcome(tried))
    bench.attempt(actor, tried.sql, keep=True)
    for check in statement.then:
        if problem := _check(bench, check):
            return tried.verdict(problem, _outcome(tried))
    return tried.verdict(outcome=_outcome(tried))


def _outcome(tried: Attempt) -> str:
    rows = tried.answer.rows
    if not tried.answer.ran or tried.command == "EXECUTE":
        return str(tried.got)
    return f"{tried.got}, {rows} row{'' if rows == 1 else 's'}"


def _values(bench: Bench, operation: Operation, *, denied: bool = False) -> dict[str, str | None]:
    """The columns of an insert, all that is required among them."""
    if operation.command != "INSERT" or operation.table is None:
        return {}
    return bench.lay(operation.table, bench.world.values(operation.values), denied=denied)


def _command(operation: Operation, sql: str) -> Command:
    return command_of(sql) if operation.command == "SQL" else operation.command


def _tried(bench: Bench, actor: str, operation: Operation, values: dict[str, str | None]) -> Attempt:
    sql = of_operation(bench.world, operation, bench.role(actor), values)
    tried = attempt(bench, actor, _command(operation, sql), sql, operation.handle)
    if tried.got.by != "check" or not (operation.returning or operation.conflict):
        return tried
    plain = of_operation(
        bench.world, structs.replace(operation, returning=False, conflict=""), bench.role(actor), values
    )
    if attempt(bench, actor, tried.command, plain).got.passed_policies:
        return structs.replace(tried, got=structs.replace(tried.got, by="read"))
    return tried


def _step(bench: Bench, step: Step) -> str:
    """Do it, and say why it could not be done."""
    role = bench.role(step.actor) if step.actor else None
    sql = of_operation(bench.world, step.operation, role, _values(bench, step.operation))
    answer = bench.attempt(step.actor, sql, keep=True) if step.actor else bench.session.bypass(sql, keep=True)
    if answer.ran:
        return ""
    return f"the step on line {step.at.line} fails: {answer.message} ({answer.sqlstate})"


def _check(bench: Bench, check: Check) -> str:
    role = bench.role(check.actor) if check.actor else None
    sql = of_operation(bench.world, check.operation, role, {})
    answer = bench.attempt(check.actor, sql) if check.actor else bench.session.bypass(sql)
    command = _command(check.operation, sql)
    who = check.actor or "whoever looks past all policies"
    found = Attempt(actor=who, command=command, sql=sql, answer=answer, got=outcome(answer, command))
    # What is looked at past all policies proves itself.
    problem = unexpected(_Sure(bench.session, bench.world), found, check.expect)
    return f"afterwards (line {check.at.line}) {problem}" if problem else ""


class _Sure(Bench):
    """A bench on which nothing is vacuous: a check that finds no row is about just that."""

    def vacuous(self, sql: str) -> str:
        return ""
