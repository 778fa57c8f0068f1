"""A policy reads the table that it stands on, so that queries end in infinite recursion."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.policies import bound_roles, clauses, met_by, named
from policytool.access.recursion import Circle
from policytool.access.wording import verbs
from policytool.catalog.expression.references import references
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Related, Severity, function_ref, lowered, member_ref
from policytool.rule import Context, PolicyRule
from policytool.syntax.location import Location


class PolicyRecursion(PolicyRule):
    """A policy reads the table that it stands on, so that queries end in infinite recursion."""

    name = "policy-recursion"
    severity = "error"
    concern = "correctness"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Policies that come back to their own table at once, for some role that they bind."""
        if not table.rls_enabled:
            return
        recursion = context.access.recursion
        for role in bound_roles(policy, table, context.access):
            found = [c for c in recursion.of_policy(table, policy, role) if len(c.reads) == 1]
            if not found:
                continue
            circle = min(found, key=lambda c: c.by is not None)
            severity: Severity = "error" if recursion.certain(circle, role) else "warning"
            yield self.finding(
                member_ref("policy", table, policy.name),
                f"{named(policy, table)} {_effect(circle, table)}",
                at=_place(policy, circle),
                severity=severity if role in met_by(policy, table, context.access) else lowered(severity),
                confidence="high" if circle.by is None else "medium",
                because=_because(circle, table),
            )
            return


def _effect(circle: Circle, table: Table) -> str:
    if circle.by is not None:
        return (
            f"calls {function_ref(circle.by).name}, which reads {table.name} under the same policy again: queries run "
            "until the stack is full (54001)"
        )
    if not circle.writing:
        return f'reads {table.name} itself: every query that reads it fails with "infinite recursion" (42P17)'
    command = circle.policy.command
    doing = verbs(("INSERT", "UPDATE", "DELETE") if command == "ALL" else (command,))
    return (
        f"reads {table.name} itself, whose policies for SELECT have a sub-query too: whoever wants to {doing} rows "
        'gets "infinite recursion" (42P17)'
    )


def _place(policy: Policy, circle: Circle) -> Location | None:
    """The clause that reads."""
    reading = (c for c in clauses(policy) if circle.by is not None or references(c.text).tables)
    return next((c.at for c in reading), policy.made)


def _because(circle: Circle, table: Table) -> tuple[Related, ...]:
    if circle.by is None:
        return ()
    said = f"{function_ref(circle.by).name} is not SECURITY DEFINER: it reads {table.name} as whoever asks"
    if circle.by.security_definer:
        said = f"{function_ref(circle.by).name} runs as {circle.by.owner}, whom the policies of {table.name} bind"
    return (Related(message=said, location=circle.by.made),)
