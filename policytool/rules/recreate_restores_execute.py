"""A function that not everybody could call was made again, and everybody can."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access
from policytool.access.lives import life
from policytool.access.losses import named_clients
from policytool.access.wording import who, widest
from policytool.catalog.model import Function, Signature
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Related, Severity, function_ref, lowered
from policytool.rule import Context, StatementRule, Step

TOLD = frozenset({"definer-anon-executable", "definer-authenticated-executable", "definer-trusts-argument"})


class RecreateRestoresExecute(StatementRule):
    """A function that not everybody could call was made again, and everybody can."""

    name = "recreate-restores-execute"
    severity = "error"
    cwe = 732

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """New functions of a name whose former ones clients could not call, if clients can call it at the end."""
        for change in step.changes:
            function: Function | None = change.after
            if change.kind != "functions" or change.before is not None or function is None:
                continue
            if function.origin is not None or function.returns in ("trigger", "event_trigger"):
                continue
            end = life(context.history, "functions", change.key, step).end
            restored = _given_back(end, context.access) if end is not None else ()
            former = _former(change.key, step, context) if restored else ()
            roles = [r for r in restored if former and not any(_may(r, f, context.access) for f in former)]
            if end is not None and roles:
                yield self._finding(end, former, roles, step, context)

    def _finding(
        self, function: Function, former: tuple[Function, ...], roles: list[str], step: Step, context: Context
    ) -> Finding:
        access, ref = context.access, function_ref(function)
        same = any(f.signature == function.signature for f in former)
        how = "was dropped and made again" if same else "is a new function where one of the same name was closed"
        role = widest(roles)
        grantees = ", ".join(identifier(r) for r in dict.fromkeys(("public", *roles)))
        kind = "procedure" if function.kind == "procedure" else "function"
        return self.finding(
            ref,
            f"{function.schema}.{ref.name} {how}, with EXECUTE for everybody as any new function: "
            f"{who(role)} can call it, and could not before",
            at=step.statement.location,
            severity=self._severity(function, context),
            because=(
                *(Related(message=f"{_spelled(f)} could not be called", location=f.changed or f.made) for f in former),
                *access.because(role, ("EXECUTE",), function),
            ),
            fix=Fix(sql=f"revoke execute on {kind} {identifier(function.schema)}.{ref.name} from {grantees};"),
        )

    def _severity(self, function: Function, context: Context) -> Severity:
        if context.told(function, TOLD):
            return "info"
        # What has only its caller's rights does less harm.
        severity: Severity = "error" if function.security_definer else "warning"
        return severity if context.access.profile.exposes(function.schema) else lowered(severity)


def _spelled(function: Function) -> str:
    return f"{function.schema}.{function_ref(function).name}"


def _given_back(function: Function, access: Access) -> tuple[str, ...]:
    """The clients that can call it only because new functions are everybody's to call."""
    granted = access.privileges.grants
    return tuple(
        role
        for role in named_clients(access)
        if access.privileges.can_execute(role, function)
        and (grants := granted(role, "EXECUTE", function))
        and all(g.by_default for g in grants)
    )


def _may(role: str, function: Function, access: Access) -> bool:
    return access.can(role, "EXECUTE", function)


def _former(key: Signature, step: Step, context: Context) -> tuple[Function, ...]:
    """The function of the same signature that was dropped; else those of the same name, before the file."""
    history, first = context.history, context.history.same_file(step)[0]
    earlier = history.timeline("functions", key, history.steps[first.ordinal - 1]) if first.ordinal else ()
    if first is not step and (found := history.before("functions", key, first)) is not None:
        return (found,)
    if earlier and earlier[-1].after is None and earlier[-1].before is not None:
        return (earlier[-1].before,)
    keys = {f.signature for f in context.access.overloads.get(key[:2], ())}
    for other in history.same_file(step):
        keys.update(c.key for c in other.changes if c.kind == "functions" and c.after is None and c.key[:2] == key[:2])
    found_ = (history.before("functions", k, first) for k in sorted(keys - {key}))
    return tuple(f for f in found_ if f is not None and f.origin is None)
