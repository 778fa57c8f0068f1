"""Visitors without an account can call a SECURITY DEFINER function."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import Function
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
        info where it does ask, or where `definer-trusts-argument` says more."""
        access = context.access
        callers = [r for r in access.definers.callers(function) if access.anonymous(r)]
        if not callers:
            return
        role = widest(callers)
        severity, why = self._judge(function, role, context)
        ref = function_ref(function)
        yield self.finding(
            ref,
            f"{who(role)} can call {function.schema}.{ref.name}, which runs as {function.owner}{why}",
            at=context.settled(function, "body", "security_definer"),
            severity=severity,
            because=access.because(role, ("EXECUTE",), function),
            fix=None
            if access.helpers.in_policies(function)
            else _fix(function, ref.name, self._barred(function, context)),
        )

    def _barred(self, function: Function, context: Context) -> list[str]:
        """Those from whom to take EXECUTE: all clients, where it does not care which of them calls."""
        access = context.access
        cares = access.guards.of(function).refers
        return [r for r in access.definers.callers(function) if access.anonymous(r) or not cares]

    def _judge(self, function: Function, role: str, context: Context) -> tuple[Severity, str]:
        definers, guard = context.access.definers, context.access.guards.of(function)
        if guard.refers or guard.login or definers.trusted(function) or definers.shows_users(function):
            return "info", ""
        written, read = definers.past(function, role)
        helper = context.access.helpers.in_policies(function) and not definers.writes(function)
        if written:
            why = f", never asks who calls, and writes {and_list(written[:3])} beyond what policies and grants allow"
        elif read and function.returns not in ("boolean", "void"):
            why = f", never asks who calls, and reads {and_list(read[:3])} beyond what policies and grants allow"
        elif read or definers.opaque(function):
            # A yes or no about rows one may not see; a policy that calls it needs it callable.
            return ("info" if helper and function.returns == "boolean" else "warning"), " and never asks who calls"
        elif definers.beyond(function, role):
            # What visitors are granted by name may well be the public side of a private function.
            return ("info" if helper or definers.meant(function, role) else "warning"), " and never asks who calls"
        else:
            return "info", ", though it touches nothing that is closed to them"
        # Without an argument there is nothing to choose: housekeeping that anybody may set off.
        chore = written and not any(a.mode in ("IN", "INOUT", "VARIADIC") for a in function.arguments)
        return ("warning" if helper or chore or definers.meant(function, role) else "error"), why


def _fix(function: Function, signature: str, callers: list[str]) -> Fix:
    kind = "procedure" if function.kind == "procedure" else "function"
    roles = ", ".join("public" if r == "public" else identifier(r) for r in dict.fromkeys(("public", *callers)))
    return Fix(
        sql=f"revoke execute on {kind} {identifier(function.schema)}.{signature} from {roles};",
        note="grant it again to those who are to call it",
    )
