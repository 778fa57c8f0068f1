"""A function that policies call was given another body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from policytool.access import Access
from policytool.access.containment import Alternatives, beyond
from policytool.access.lives import changed, life
from policytool.access.policies import named
from policytool.access.simple_bodies import body_expression
from policytool.access.wording import and_list
from policytool.catalog.expression.references import references
from policytool.catalog.model import Function, Policy, Table
from policytool.finding import Finding, Related, Severity, function_ref
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import names, walk

Verdict = Literal["open", "narrower", "unknown"]


class HelperReplaced(StatementRule):
    """A function that policies call was given another body."""

    name = "helper-replaced"
    severity = "warning"
    cwe = 863

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Functions of earlier files that policies call, the last time that their body changed."""
        for change, before, after in changed(step, "functions"):
            if after is None or before is None or after.origin is not None or before.body == after.body:
                continue
            if not context.access.helpers.in_policies(after):
                continue
            found = life(context.history, "functions", change.key, step)
            former: Function | None = found.before
            last = found.end is not None and found.end.body == after.body
            if former is None or not last or former.body == after.body:
                continue
            callers = list(_callers(after, context))
            verdict = _verdict(former, after, context.access) if callers else "narrower"
            if verdict != "narrower":
                yield self._finding(former, found.end, callers, verdict, step)

    def _finding(
        self, former: Function, function: Function, callers: list[tuple[Table, Policy]], verdict: Verdict, step: Step
    ) -> Finding:
        ref = function_ref(function)
        some = [named(policy, table) for table, policy in callers]
        more = [f"{len(some) - 2} more"] if len(some) > 3 else []
        shown = and_list([*some[: 2 if more else 3], *more])
        severity: Severity = "warning" if verdict == "open" else "info"
        says = (
            "lets through whom it did not let through before"
            if verdict == "open"
            else "decides differently, or in other words"
        )
        return self.finding(
            ref,
            f"{function.schema}.{ref.name} was given another body and {says}; it decides for {shown}",
            at=step.statement.location,
            severity=severity,
            confidence="high" if verdict == "open" else "medium",
            because=(Related(message="its body until then", location=former.body_at or former.changed or former.made),),
        )


def _callers(function: Function, context: Context) -> Iterator[tuple[Table, Policy]]:
    """The policies that call it, with their tables."""
    name = (function.schema, function.name)
    for table in context.catalog.tables.values():
        for policy in table.policies:
            texts = (t for t in (policy.using, policy.with_check) if t is not None and function.name in t)
            if any(name in references(text).functions and _calls(text, function) for text in texts):
                yield table, policy


def _calls(text: str, function: Function) -> bool:
    """Whether an expression calls it with as many arguments as it takes, not one of the same name."""
    inputs = [a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]
    required = sum(a.default is None for a in inputs)
    counts = (
        len(body.get("args", ()))
        for kind, body in walk(parse_expression(text))
        if kind == "FuncCall" and names(body.get("funcname"))[-2:] == (function.schema, function.name)
    )
    return any(required <= count <= len(inputs) for count in counts)


def _verdict(former: Function, function: Function, access: Access) -> Verdict:
    """Whether the new body is true where the old one was not: certainly, certainly not, or who knows."""
    if function.returns != "boolean":
        return "unknown"
    verdicts = set()
    for anonymous in (False, True):
        old, new = (_says(f, access, anonymous=anonymous) for f in (former, function))
        if old is None or new is None:
            return "unknown"
        more = beyond(new, old)
        if any(a.open for a in more) and not any(a.open for a in old):
            return "open"
        verdicts.add("unknown" if more else "narrower")
    return "unknown" if "unknown" in verdicts else "narrower"


def _says(function: Function, access: Access, *, anonymous: bool) -> Alternatives | None:
    body = body_expression(function)
    return None if body is None else access.contained.of_expression(body, anonymous=anonymous)
