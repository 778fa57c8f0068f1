"""What is made of an attempt: whether it is as expected, and if not, how it is told."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from policytool.postgres.session import Answer
from policytool.testing.outcomes import Outcome
from policytool.testing.running.bench import NO_ROW, Bench
from policytool.testing.suites.suite import Command, Expect, Handle, shown

_RAISED: Final = "exec_stmt_raise"
_FIRST: Final = re.compile(r"\s*(?:--[^\n]*\n\s*)*([a-z]+)", re.IGNORECASE)
_COMMANDS: Final[dict[str, Command]] = {
    "insert": "INSERT", "update": "UPDATE", "delete": "DELETE", "merge": "UPDATE", "call": "EXECUTE", "do": "EXECUTE",
}  # fmt: skip


class Verdict(Struct, frozen=True, kw_only=True):
    """Of one case. `problem` says in a sentence what is wrong; the rest is of the attempt that it is about."""

    passed: bool
    outcome: str
    problem: str = ""
    actor: str = ""
    command: Command = "SELECT"
    sql: str = ""
    answer: Answer | None = None
    handle: Handle | None = None
    why: str = ""  # what decided it


class Attempt(Struct, frozen=True, kw_only=True):
    """Something that an actor tried."""

    actor: str
    command: Command
    sql: str
    answer: Answer
    got: Outcome
    handle: Handle | None = None

    def verdict(self, problem: str = "", outcome: str = "") -> Verdict:
        """Passed unless there is a problem."""
        return Verdict(
            passed=not problem,
            outcome=outcome or str(self.got),
            problem=problem,
            actor=self.actor,
            command=self.command,
            sql=self.sql,
            answer=self.answer,
            handle=self.handle,
        )

    @property
    def error(self) -> str:
        """`message (SQLSTATE)`."""
        return f"{self.answer.message} ({self.answer.sqlstate})" if self.answer.sqlstate else ""


def attempt(bench: Bench, actor: str, command: Command, sql: str, handle: Handle | None = None) -> Attempt:
    """Try it, and undo it."""
    answer, got = bench.tried(actor, sql, command)
    return Attempt(actor=actor, command=command, sql=sql, answer=answer, got=got, handle=handle)


def failed(problem: str, outcome: str = "not tried") -> Verdict:
    """Of what could not be tried."""
    return Verdict(passed=False, outcome=outcome, problem=problem)


def command_of(sql: str) -> Command:
    """What a statement does, by its first word."""
    found = _FIRST.match(sql)
    return _COMMANDS.get(found[1].lower(), "SELECT") if found else "SELECT"


def denial(bench: Bench, tried: Attempt) -> str:
    """What is wrong with a denial that was expected; '' if nothing is."""
    got = tried.got
    if got.kind == "allowed":
        return f"{tried.actor} may {doing(tried)}"
    if got.by == "constraint":
        return f"policies let {tried.actor} {doing(tried)}; only a constraint stops it: {tried.error}"
    if got.kind == "error":
        return f"an error is no denial: {tried.error}"
    if (got.kind == "filtered" or got.by == "grant") and (why := bench.vacuous(tried.sql)):
        # A privilege is missing whatever rows there are; the statement has to be one, though.
        return "" if got.by == "grant" and why == NO_ROW else f"vacuous: {why}"
    return ""


def doing(tried: Attempt) -> str:
    """`update listings.live`."""
    if tried.command in ("SQL", "EXECUTE"):
        return "run it"
    what = {"SELECT": "read"}.get(tried.command, tried.command.lower())
    return f"{what} {tried.handle}" if tried.handle else what


def unexpected(bench: Bench, tried: Attempt, expect: Expect) -> str:
    """What an attempt is not that was expected; '' if it is all."""
    match expect.kind:
        case "allow":
            return _allowed(tried)
        case "deny":
            return _denied(bench, tried, expect.by)
        case "error":
            return _error(tried, expect)
    return _result(bench, tried, expect)


def _allowed(tried: Attempt) -> str:
    if tried.got.kind == "allowed":
        return ""
    if tried.got.kind == "filtered":
        return f"{tried.actor} reaches no row"
    return f"{tried.actor} is stopped: {tried.error}"


def _denied(bench: Bench, tried: Attempt, by: str) -> str:
    got = tried.got
    raised = got.kind == "error" and tried.answer.function == _RAISED
    if not by and raised:
        return ""  # a function refuses by raising what it likes
    if by == "constraint" and got.by == "constraint":
        return ""
    if problem := denial(bench, tried):
        return problem
    found = "filtered" if got.kind == "filtered" else got.by
    return f"{tried.actor} is denied, but {_otherwise(tried, found)}" if by and by != found else ""


def _otherwise(tried: Attempt, found: str) -> str:
    if found == "filtered":
        return "because the row is filtered out, without an error"
    return f"by {found}: {tried.error}"


def _error(tried: Attempt, expect: Expect) -> str:
    if tried.answer.ran:
        return f"{tried.actor} gets no error"
    state = not expect.sqlstate or tried.answer.sqlstate == expect.sqlstate
    return "" if state and expect.message in tried.answer.message else f"the error is another: {tried.error}"


def _result(bench: Bench, tried: Attempt, expect: Expect) -> str:
    answer = tried.answer
    if not answer.ran:
        return f"{tried.actor} is stopped: {tried.error}"
    if expect.rows is not None and answer.rows != expect.rows:
        return f"{tried.actor} gets {answer.rows} row{'' if answer.rows == 1 else 's'}"
    if expect.columns is not None and answer.columns != expect.columns:
        return f"the columns are {', '.join(answer.columns) or 'none'}"
    if expect.values is not None and answer.values != expect.values:
        return f"the values are {shown(answer.values)}"
    if expect.rows == 0 and tried.command != "EXECUTE" and (why := bench.vacuous(tried.sql)):
        return f"vacuous: {why}"
    return ""
