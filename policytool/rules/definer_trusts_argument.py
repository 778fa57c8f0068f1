"""A SECURITY DEFINER function takes its caller's word for who they are."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.arguments import Use
from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import Function
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Severity, function_ref
from policytool.rule import Context, FunctionRule

_DEEDS = {
    "UPDATE": "update rows of", "DELETE": "delete rows of", "INSERT": "insert rows into", "SELECT": "read rows of",
}  # fmt: skip


class DefinerTrustsArgument(FunctionRule):
    """A SECURITY DEFINER function takes its caller's word for who they are."""

    name = "definer-trusts-argument"
    severity = "warning"
    confidence = "medium"
    cwe = 639

    def check(self, function: Function, context: Context) -> Iterator[Finding]:
        """Functions that go by an argument such as p_user_id past policies, and tie nothing to who calls. An error
        where they write, or where visitors without an account can call them though nobody said so."""
        definers = context.access.definers
        uses = definers.trusted(function)
        if not uses:
            return
        callers = definers.callers(function)
        open_to = [r for r in callers if not (context.access.anonymous(r) and context.access.guards.of(function).login)]
        role, ref = widest(open_to or callers), function_ref(function)
        yield self.finding(
            ref,
            f"{who(role)} can {_deeds(uses)} for any {uses[0].argument} they name: {function.schema}.{ref.name} "
            f"runs as {function.owner} and never asks whether that is them or theirs",
            at=context.settled(function, "body", "security_definer"),
            severity=self._severity(function, uses, role, context),
            because=context.access.because(role, ("EXECUTE",), function),
            fix=None
            if context.access.helpers.in_policies(function)
            else _fix(function, ref.name, uses[0].argument, callers),
        )

    def _severity(self, function: Function, uses: tuple[Use, ...], role: str, context: Context) -> Severity:
        if context.access.definers.severe(uses):
            return "error"
        unmeant = context.access.anonymous(role) and not context.access.definers.meant(function, role)
        return "error" if unmeant and all(u.command == "SELECT" for u in uses) else self.severity


def _deeds(uses: tuple[Use, ...]) -> str:
    """Update rows of public.a and public.b and read rows of public.c."""
    tables: dict[str, dict[str, None]] = {}
    for use in uses:
        tables.setdefault(use.command, {})[f"{use.table.schema}.{use.table.name}"] = None
    order = sorted(tables, key=list(_DEEDS).index)
    return and_list(f"{_DEEDS[c]} {and_list(list(tables[c])[:3])}" for c in order[:2])


def _fix(function: Function, signature: str, argument: str, callers: tuple[str, ...]) -> Fix:
    kind = "procedure" if function.kind == "procedure" else "function"
    roles = ", ".join("public" if r == "public" else identifier(r) for r in dict.fromkeys(("public", *callers)))
    return Fix(
        sql=f"revoke execute on {kind} {identifier(function.schema)}.{signature} from {roles};",
        note=f"or keep it open and begin its body with a test that {argument} is auth.uid(), or something of theirs",
    )
