"""A policy trusts user_metadata, which users change themselves."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Side
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, lowered, member_ref
from policytool.rule import Context, PolicyRule

SIDES: tuple[Side, ...] = ("using", "check")


class PolicyUserMetadata(PolicyRule):
    """A policy trusts user_metadata, which users change themselves."""

    name = "policy-user-metadata"
    severity = "error"
    splinter = "0015_rls_references_user_metadata"
    cwe = 639

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Policies that read user_metadata out of the JWT or auth.users, themselves or in a helper they call."""
        for side in SIDES:
            says = context.access.predicate(policy, side, table)
            key = says.metadata if says is not None else None
            if key is None:
                continue
            reached = table.rls_enabled and context.access.exposed(table)
            yield self.finding(
                member_ref("policy", table, policy.name),
                f'policy "{policy.name}" on {table.schema}.{table.name} decides by {key}, which every user can '
                "change with one call of updateUser()",
                at=(policy.using_at if side == "using" else policy.with_check_at) or policy.made,
                severity=None if policy.permissive and reached else lowered(self.severity),
            )
            return
