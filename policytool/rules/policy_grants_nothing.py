"""A policy lacks the clause that its command needs, so it grants nothing."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule


class PolicyGrantsNothing(PolicyRule):
    """A policy lacks the clause that its command needs, so it grants nothing."""

    name = "policy-grants-nothing"
    severity = "warning"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies without WITH CHECK (INSERT) or USING (all other commands)."""
        if not policy.permissive:
            return
        clause = "WITH CHECK" if policy.command == "INSERT" else "USING"
        if (policy.with_check if policy.command == "INSERT" else policy.using) is not None:
            return
        what = {
            "INSERT": "no row can be inserted by it",
            "ALL": "rows can be inserted by it, and none read, updated or deleted",
        }.get(policy.command, f"it lets nobody {policy.command.lower()} anything")
        target = f"alter policy {identifier(policy.name)} on {qualified(table.schema, table.name)}"
        fix = Fix(sql=f"{target} using ({policy.with_check});") if policy.with_check is not None else None
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" on {table.schema}.{table.name} has no {clause} clause: {what}',
            at=policy.made,
            fix=fix,
        )
