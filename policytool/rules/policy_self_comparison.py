"""A policy compares a column with itself, which says nothing of any row."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import WRITES
from policytool.access.policies import altered, clauses, met_by, named
from policytool.access.selfcompare import SelfComparison, mended, self_comparisons
from policytool.catalog.model import Policy, Table
from policytool.finding import SEVERITIES, Finding, Fix, Severity, lowered, member_ref
from policytool.rule import Context, PolicyRule


class PolicySelfComparison(PolicyRule):
    """A policy compares a column with itself, which says nothing of any row."""

    name = "policy-self-comparison"
    severity = "error"
    cwe = 697

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Comparisons with the same column on both sides; once for each policy, the worst of them."""
        found = [
            (clause, c) for clause in clauses(policy) for c in self_comparisons(clause.text, table, context.access)
        ]
        if not found or (not any(c.inside for _, c in found) and _said(table, policy, context)):
            return
        clause, worst = min(found, key=lambda f: SEVERITIES.index(_severity(f[1])))
        severity = _severity(worst)
        yield self.finding(
            member_ref("policy", table, policy.name),
            f"{named(policy, table)} compares {worst.column} with itself: {_effect(worst, table)}",
            at=clause.at,
            severity=severity if met_by(policy, table, context.access) else lowered(severity),
            fix=_fix(table, policy, context),
        )


def _said(table: Table, policy: Policy, context: Context) -> bool:
    """Whether rules about writes say already that anybody passes by the policy."""
    access = context.access
    return any(policy in access.row_filter(role, table, c).open for role in access.clients for c in WRITES)


def _severity(found: SelfComparison) -> Severity:
    """What opens rows is an error; not an odd NOT NULL test, nor what closes them, nor what stands beside a tie."""
    return "warning" if found.never or found.nullable or found.tied else "error"


def _effect(found: SelfComparison, table: Table) -> str:
    if found.never:
        return "that is never true"
    if found.inside and not found.tied:
        bare = found.column.rpartition(".")[2]
        return f"inside the sub-query {bare} is the sub-query's own, so nothing ties it to the row of {table.name}"
    if found.inside:
        return "that is always true, and narrows nothing"
    if found.nullable:
        return "that only asks that it is not null"
    return "that is true of every row"


def _fix(table: Table, policy: Policy, context: Context) -> Fix | None:
    using, check = (
        mended(text, table, context.access) if text is not None else None for text in (policy.using, policy.with_check)
    )
    return Fix(sql=altered(policy, table, using=using, with_check=check)) if using or check else None
