"""Every signed-in user can call a SECURITY DEFINER function."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import Function
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Severity, function_ref
from policytool.rule import Context, FunctionRule


class DefinerAuthenticatedExecutable(FunctionRule):
    """Every signed-in user can call a SECURITY DEFINER function."""

    name = "definer-authenticated-executable"
    severity = "info"
    splinter = "0029_authenticated_security_definer_function_executable"
    cwe = 862

    def check(self, function: Function, context: Context) -> Iterator[Finding]:
        """Definer functions in an exposed schema that visitors without an account cannot call. A warning where the body
        goes round policies whoever calls, unless `definer-trusts-argument` says more."""
        access = context.access
        callers = [r for r in access.definers.callers(function) if not access.anonymous(r)]
        guard = access.guards.of(function) if callers else None
        turned_away = guard is not None and guard.login and not guard.refers
        if not callers or (not turned_away and len(callers) < len(access.definers.callers(function))):
            return
        role, ref = widest(callers), function_ref(function)
        severity, why = self._judge(function, role, context)
        yield self.finding(
            ref,
            f"{who(role)} can call {function.schema}.{ref.name}, which runs as {function.owner}{why}",
            at=context.settled(function, "body", "security_definer"),
            severity=severity,
            because=access.because(role, ("EXECUTE",), function),
            fix=None
            if access.helpers.in_policies(function)
            else _fix(function, ref.name, access.definers.callers(function)),
        )

    def _judge(self, function: Function, role: str, context: Context) -> tuple[Severity, str]:
        definers, helper = context.access.definers, context.access.helpers.in_policies(function)
        if context.access.guards.of(function).refers or definers.trusted(function) or definers.shows_users(function):
            return "info", ""
        written, read = definers.past(function, role)
        choice = any(a.mode in ("IN", "INOUT", "VARIADIC") for a in function.arguments)
        meant = definers.meant(function, role) or helper or function.returns in ("boolean", "void")
        if written:
            why = f", does not care who of them calls, and writes {and_list(written[:3])}"
        elif read:
            why = f", does not care who of them calls, and reads {and_list(read[:3])}"
        else:
            return "info", ""
        # Without an argument there is nothing to choose: housekeeping that anybody may set off.
        mild = meant if not written else not choice or definers.takes_secret(function)
        mild = mild or context.conventions.trusted_signup
        return ("info" if mild else "warning"), f"{why} beyond what policies and grants allow"


def _fix(function: Function, signature: str, callers: tuple[str, ...]) -> Fix:
    kind = "procedure" if function.kind == "procedure" else "function"
    roles = ", ".join("public" if r == "public" else identifier(r) for r in callers)
    return Fix(
        sql=f"revoke execute on {kind} {identifier(function.schema)}.{signature} from {roles};",
        note="or have its body ask for auth.uid(), or move it to a schema that the API does not serve",
    )
