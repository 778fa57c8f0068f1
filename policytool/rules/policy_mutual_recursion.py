"""The policies of several tables read one another in a circle, so that queries end in infinite recursion."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.policies import bound_roles, clauses, met_by, named
from policytool.access.recursion import Circle
from policytool.access.wording import verbs
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Related, Severity, function_ref, lowered, member_ref
from policytool.rule import Context, PolicyRule


class PolicyMutualRecursion(PolicyRule):
    """The policies of several tables read one another in a circle, so that queries end in infinite recursion."""

    name = "policy-mutual-recursion"
    severity = "error"
    concern = "correctness"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Circles of several tables, each once: at the table whose name comes first, or at the policy that writes."""
        if not table.rls_enabled:
            return
        recursion = context.access.recursion
        for role in bound_roles(policy, table, context.access):
            circle = next((c for c in recursion.of_policy(table, policy, role) if _here(c, table, role, context)), None)
            if circle is None:
                continue
            severity: Severity = "error" if recursion.certain(circle, role) else "warning"
            yield self.finding(
                member_ref("policy", table, policy.name),
                f"{named(policy, table)} reads {_way(circle)}: {_effect(circle, table)}",
                at=next((c.at for c in clauses(policy)), policy.made),
                severity=severity if role in met_by(policy, table, context.access) else lowered(severity),
                confidence="high" if circle.by is None else "medium",
                because=_because(circle),
            )
            return


def _here(circle: Circle, table: Table, role: str, context: Context) -> bool:
    """Whether a circle is to be reported at the policy that it sets out from."""
    if len(circle.reads) == 1:
        return False
    recursion, tables = context.access.recursion, context.catalog.tables
    first = tables[circle.start if circle.writing else min(circle.tables)]
    known = [c for c in recursion.of_reading(first, role) if c.tables == circle.tables]
    if circle.writing:
        return not known
    return first is table and min(known, key=lambda c: (c.by is not None, c.policy.name)).policy is circle.policy


def _way(circle: Circle) -> str:
    """members, whose policies read teams, whose policies read members again."""
    names = [r.table[1] for r in circle.reads]
    return ", whose policies read ".join(names) + " again"


def _effect(circle: Circle, table: Table) -> str:
    if circle.by is not None:
        return "queries run until the stack is full (54001)"
    if not circle.writing:
        return 'every query that reads any of them fails with "infinite recursion" (42P17)'
    command = circle.policy.command
    doing = verbs(("INSERT", "UPDATE", "DELETE") if command == "ALL" else (command,))
    return f'whoever wants to {doing} rows of {table.name} gets "infinite recursion" (42P17)'


def _because(circle: Circle) -> tuple[Related, ...]:
    found = []
    for before, read in zip(circle.reads, circle.reads[1:], strict=False):
        by = "" if read.by is None else f" by calling {function_ref(read.by).name}"
        said = f'policy "{read.policy.name}" on {before.table[1]} reads {read.table[1]}{by}'
        found.append(Related(message=said, location=read.policy.made))
    return tuple(found)
