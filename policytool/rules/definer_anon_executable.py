"""Visitors without an account can call a SECURITY DEFINER function."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.wording import and_list
from policytool.catalog.model import Function, Table
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Severity, function_ref
from policytool.rule import Context, FunctionRule


class DefinerAnonExecutable(FunctionRule):
    """Visitors without an account can call a SECURITY DEFINER function."""

    name = "definer-anon-executable"
    severity = "warning"
    splinter = "0028_anon_security_definer_function_executable"
    cwe = 862

    def check(self, function: Function, context: Context) -> Iterator[Finding]:
        """Definer functions in an exposed schema. An error where the body goes round policies and never asks who calls;
        info where it does ask."""
        if not function.security_definer or function.returns in ("trigger", "event_trigger"):
            return
        access = context.access
        callers = [r for r in access.executors(function) if access.anonymous(r)]
        if not callers or not access.profile.exposes(function.schema):
            return
        role = callers[-1]
        severity, why = self._judge(function, context)
        ref = function_ref(function)
        kind = "procedure" if function.kind == "procedure" else "function"
        yield self.finding(
            ref,
            f"anyone with the anonymous key can call {function.schema}.{ref.name}, which runs as {function.owner}{why}",
            at=function.made,
            severity=severity,
            because=access.because(role, ("EXECUTE",), function),
            fix=Fix(
                sql=f"revoke execute on {kind} {identifier(function.schema)}.{ref.name} from public, anon;",
                note="grant it again to authenticated if signed-in users call it",
            ),
        )

    def _judge(self, function: Function, context: Context) -> tuple[Severity, str]:
        call = {"FuncCall": {"funcname": [{"String": {"sval": function.schema}}, {"String": {"sval": function.name}}],
                             "args": [{}] * len([a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")])}}  # fmt: skip
        if context.access.helpers.asks_who(call):
            return "info", ""
        tables = [
            t.name
            for t in _tables_named(function, context)
            if t.rls_enabled and context.access.exempt(function.owner, t)
        ]
        if tables:
            return "error", f", never asks who calls, and reaches {and_list(sorted(tables)[:3])} past their policies"
        return "warning", " and never asks who calls"


def _tables_named(function: Function, context: Context) -> Iterator[Table]:
    words = set(
        function.body.replace(".", " ")
        .replace("(", " ")
        .replace(";", " ")
        .replace('"', " ")
        .replace(",", " ")
        .replace(")", " ")
        .split()
    )
    for table in context.catalog.tables.values():
        if table.name in words and (table.origin is None or table.schema in ("auth", "storage")):
            yield table
