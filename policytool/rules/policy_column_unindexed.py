"""A policy compares a column with the caller on every query, and no index leads with it."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Command
from policytool.access.indexes import leading
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, TableRule

READING: tuple[Command, ...] = ("SELECT", "UPDATE", "DELETE")


class PolicyColumnUnindexed(TableRule):
    """A policy compares a column with the caller on every query, and no index leads with it."""

    name = "policy-column-unindexed"
    severity = "warning"
    concern = "performance"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Columns that USING sets against the caller, once each, where no index starts with them.

        Info where other policies, or other branches of the same, let the caller past it: no index can serve both.
        """
        if (
            not table.rls_enabled
            or table.partition_of is not None
            or table.assumed
            or not context.access.exposed(table)
        ):
            return
        found, seen = leading(table), set[str]()
        for policy in table.policies:
            for column in sorted(_compared(policy, table, context) - found - seen):
                seen.add(column)
                yield self._finding(table, policy, column, context)

    def _finding(self, table: Table, policy: Policy, column: str, context: Context) -> Finding:
        name = f"{table.schema}.{table.name}"
        return self.finding(
            member_ref("column", table, column),
            f'policy "{policy.name}" looks for {column} in every query on {name}, and no index leads with it',
            at=policy.using_at or policy.made,
            severity=None if _alone(table, policy, context) else "info",
            fix=Fix(
                sql=f"create index on {qualified(table.schema, table.name)} ({identifier(column)});",
                safety="safe",
                note="on a large table in use: create index concurrently, in a file of its own",
            ),
        )


def _alone(table: Table, policy: Policy, context: Context) -> bool:
    """Whether there is a command for which all that the policies let through is found by such comparisons."""
    access = context.access
    for role in access.clients:
        for command in READING:
            applying = access.applying(role, table, command)[0] if access.reach(role, command, table) else ()
            says = [s for p in applying if (s := access.predicate(p, "using", table)) and s.holds(anonymous=False)]
            if policy in applying and all(s.indexable for s in says):
                return True
    return False


def _compared(policy: Policy, table: Table, context: Context) -> set[str]:
    says = context.access.predicate(policy, "using", table) if policy.command != "INSERT" else None
    names = {c.name for c in table.columns if not c.type.endswith("[]") and not c.type.startswith("json")}
    return set(says.compared) & names if says is not None else set()
