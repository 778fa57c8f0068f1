"""A policy is dropped and nothing takes its place."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.lives import changed, life
from policytool.access.losses import Loss, cause, consequence, lost, made_again, missed
from policytool.access.wording import widest
from policytool.catalog.model import Policy, Table
from policytool.finding import Confidence, Finding, Related, Severity, member_ref
from policytool.rule import Context, StatementRule, Step

TOLD = frozenset(
    {"policy-always-true-write", "policy-always-true-read", "policy-any-authenticated", "policy-true-for-anon",
     "anon-write-grant", "owner-column-unscoped", "tenant-column-unscoped", "policy-user-metadata",
     "rls-no-policy", "rls-restrictive-only"}
)  # fmt: skip


class PolicyDropped(StatementRule):
    """A policy is dropped and nothing takes its place."""

    name = "policy-dropped"
    severity = "error"
    cwe = 863

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Policies of earlier files that are missed at the end: rows stand open, or privileges reach no row."""
        for change, before, after in changed(step, "tables"):
            if before is None or after is None or before.policies is after.policies:
                continue
            for policy in lost(before, after):
                found = life(context.history, "tables", change.key, step)
                gone = missed(policy, found, found.before, context.access)
                if gone is not None and cause(policy, step) is None:
                    yield self._finding(policy, found.end, gone, step, context)

    def _finding(self, policy: Policy, table: Table, gone: Loss, step: Step, context: Context) -> Finding:
        confidence: Confidence = "high" if gone.certain else "medium"
        return self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" on {table.schema}.{table.name} is dropped and nothing takes its place: '
            f"{consequence(gone)}",
            at=step.statement.location,
            severity=self._severity(table, gone, step, context),
            confidence=confidence,
            because=(
                *((Related(message="the policy was made here", location=policy.made),) if policy.made else ()),
                *context.access.because(widest(gone.roles), gone.commands, table),
            ),
            fix=made_again(policy, table, context.catalog) if gone.certain else None,
        )

    def _severity(self, table: Table, gone: Loss, step: Step, context: Context) -> Severity:
        if context.told(table, TOLD):
            return "info"
        if gone.opens:
            return "error" if gone.certain else "warning"
        if step.statement.kind != "DropStmt":
            return "warning"  # a loop over all policies there are names none of them
        granted = context.access.privileges.grants
        meant = (g for r in gone.roles for c in gone.commands for g in granted(r, c, table))
        return "warning" if any(map(context.deliberate, meant)) else "info"
