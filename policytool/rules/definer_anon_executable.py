"""Visitors without an account can call a SECURITY DEFINER function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policytool.access.bodies import resolve, touched
from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import Function
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Severity, function_ref
from policytool.rule import Context, FunctionRule

SECRETS = frozenset({"token", "secret", "hash", "otp", "pin", "signature", "password", "key"})


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
        role = widest(callers)
        severity, why = self._judge(function, context)
        ref = function_ref(function)
        yield self.finding(
            ref,
            f"{who(role)} can call {function.schema}.{ref.name}, which runs as {function.owner}{why}",
            at=context.settled(function, "body", "security_definer"),
            severity=severity,
            because=access.because(role, ("EXECUTE",), function),
            fix=None if access.helpers.in_policies(function) else _fix(function, ref.name, callers),
        )

    def _judge(self, function: Function, context: Context) -> tuple[Severity, str]:
        access = context.access
        if access.helpers.asks(function):
            return "info", ""
        body = touched(function)
        written, read = (_protected(names, function, context) for names in (body.writes, body.reads))
        helper = access.helpers.in_policies(function) and not body.writes
        if written:
            why = f", never asks who calls, and writes {and_list(written[:3])} past their policies"
        elif read and function.returns not in ("boolean", "void"):
            why = f", never asks who calls, and reads {and_list(read[:3])} past their policies"
        elif read or body.writes or body.opaque:
            # A yes or no about rows one may not see; a policy that calls it needs it callable.
            return ("info" if helper and function.returns == "boolean" else "warning"), " and never asks who calls"
        else:
            return "info", ", though it reads no table"
        return ("warning" if helper or _meant(function, context) else "error"), why


def _meant(function: Function, context: Context) -> bool:
    """Whether visitors are to call it: EXECUTE on it was granted to them by name, or it takes a secret."""
    granted = context.access.privileges.grants
    roles = [r for r in context.access.clients if r != "public" and context.access.anonymous(r)]
    if any(g.grantee == r and context.deliberate(g) for r in roles for g in granted(r, "EXECUTE", function)):
        return True
    words = {w for a in function.arguments if a.mode == "IN" and a.name for w in a.name.lower().split("_")}
    return bool(words & SECRETS)


def _fix(function: Function, signature: str, callers: list[str]) -> Fix:
    kind = "procedure" if function.kind == "procedure" else "function"
    roles = ", ".join("public" if r == "public" else identifier(r) for r in dict.fromkeys(("public", *callers)))
    return Fix(
        sql=f"revoke execute on {kind} {identifier(function.schema)}.{signature} from {roles};",
        note="grant it again to authenticated if signed-in users call it",
    )


def _protected(names: Iterable[tuple[str | None, str]], function: Function, context: Context) -> list[str]:
    """The tables among these whose policies do not bind the function's owner."""
    found = {key for name in names if (key := resolve(name, context.catalog.tables)) is not None}
    tables = (context.catalog.tables[key] for key in sorted(found))
    return [f"{t.schema}.{t.name}" for t in tables if t.rls_enabled and context.access.exempt(function.owner, t)]
