"""A policy lacks the clause that its command needs, so it grants nothing."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule

PAST = {"SELECT": "read", "INSERT": "inserted", "UPDATE": "updated", "DELETE": "deleted"}


class PolicyGrantsNothing(PolicyRule):
    """A policy lacks the clause that its command needs, so it grants nothing."""

    name = "policy-grants-nothing"
    severity = "warning"
    concern = "correctness"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies without WITH CHECK (INSERT) or USING (all other commands)."""
        if not policy.permissive or _for_exempt(table, policy, context.access):
            return
        clause = "WITH CHECK" if policy.command == "INSERT" else "USING"
        if (policy.with_check if policy.command == "INSERT" else policy.using) is not None:
            return
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" on {table.schema}.{table.name} has no {clause} clause: {_effect(policy)}',
            at=policy.made,
            fix=_fix(table, policy),
        )


def _for_exempt(table: Table, policy: Policy, access: Access) -> bool:
    """Whether only roles are named that row level security does not bind: they lack nothing."""
    return all(role in access.catalog.roles and access.exempt(role, table) for role in policy.roles)


def _effect(policy: Policy) -> str:
    if policy.command != "ALL":
        return f"no row can be {PAST[policy.command]} by it"
    if policy.with_check is None:
        return "it lets nobody do anything"
    return "rows can be inserted by it, and none can be read, updated or deleted"


def _fix(table: Table, policy: Policy) -> Fix:
    target = f"policy {identifier(policy.name)} on {qualified(table.schema, table.name)}"
    if policy.with_check is not None:
        return Fix(sql=f"alter {target} using ({policy.with_check});", note="if the rows are meant to be the same ones")
    return Fix(sql=f"drop {target};", safety="safe", note="it does nothing; or say in it which rows it is about")
