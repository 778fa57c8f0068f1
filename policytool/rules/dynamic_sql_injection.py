"""A function runs text of its caller's as SQL."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.dynamic import Injection, injections
from policytool.access.routines import place_in
from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import Function
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Severity, function_ref
from policytool.rule import Context, FunctionRule

_RUNS = ("execute", "query_to_xml", "crosstab", "ts_stat")


class DynamicSqlInjection(FunctionRule):
    """A function runs text of its caller's as SQL."""

    name = "dynamic-sql-injection"
    severity = "error"
    confidence = "medium"
    cwe = 89

    def check(self, function: Function, context: Context) -> Iterator[Finding]:
        """Functions that clients can call and that put an argument, unquoted and unchecked, into SQL that they run.

        A warning where it runs with the caller's own rights, or where the body asks who calls; info where the API does
        not serve the function's schema."""
        access = context.access
        if function.returns in ("trigger", "event_trigger") or not any(w in function.body.lower() for w in _RUNS):
            return
        callers = access.executors(function)
        found = list(injections(function)) if callers else []
        if not found:
            return
        role, ref = widest(callers), function_ref(function)
        yield self.finding(
            ref,
            f"{who(role)} can run SQL of their own through {function.schema}.{ref.name}{_rights(function)}: "
            f"{_how(found)}",
            at=place_in(function, found[0].line) or context.settled(function, "body"),
            severity=self._severity(function, context),
            because=access.because(role, ("EXECUTE",), function),
            fix=_fix(function, ref.name, callers),
        )

    def _severity(self, function: Function, context: Context) -> Severity:
        access = context.access
        if not access.profile.exposes(function.schema):
            return "info"
        return "error" if function.security_definer and not access.guards.of(function).ties else "warning"


def _rights(function: Function) -> str:
    return f" with the rights of {function.owner}" if function.security_definer else ""


def _how(found: list[Injection]) -> str:
    whole = next((i for i in found if i.whole), None)
    if whole is not None:
        return f"it executes its argument {whole.arguments[0]} as it is"
    names = list(dict.fromkeys(name for i in found for name in i.arguments))
    return f"it puts {and_list(names[:3])} unquoted into what it executes"


def _fix(function: Function, signature: str, callers: tuple[str, ...]) -> Fix:
    kind = "procedure" if function.kind == "procedure" else "function"
    roles = ", ".join("public" if r == "public" else identifier(r) for r in dict.fromkeys(("public", *callers)))
    return Fix(
        sql=f"revoke execute on {kind} {identifier(function.schema)}.{signature} from {roles};",
        note="or quote names with format('%I'), and hand values over with USING",
    )
