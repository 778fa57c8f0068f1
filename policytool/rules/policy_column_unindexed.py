"""A policy compares a column with the caller on every query, and no index leads with it."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, TableRule


class PolicyColumnUnindexed(TableRule):
    """A policy compares a column with the caller on every query, and no index leads with it."""

    name = "policy-column-unindexed"
    severity = "warning"
    concern = "performance"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Columns that USING sets against the caller, once each, where no index starts with them."""
        if not table.rls_enabled or table.partition_of is not None or table.assumed:
            return
        leading = {i.keys[0].column for i in table.indexes if i.keys and i.method in ("btree", "hash", "gin", "gist")}
        seen: set[str] = set()
        for policy in table.policies:
            for column in sorted(_compared(policy, table, context) - leading - seen):
                seen.add(column)
                yield self.finding(
                    member_ref("column", table, column),
                    f'policy "{policy.name}" looks for {column} in every query on {table.schema}.{table.name}, and no '
                    "index leads with it",
                    at=policy.using_at or policy.made,
                    fix=Fix(
                        sql=f"create index on {qualified(table.schema, table.name)} ({identifier(column)});",
                        safety="safe",
                        note="on a large table in use: create index concurrently, outside a transaction",
                    ),
                )


def _compared(policy: Policy, table: Table, context: Context) -> set[str]:
    says = context.access.predicate(policy, "using", table)
    names = {c.name for c in table.columns if not c.type.endswith("[]") and not c.type.startswith("json")}
    return set(says.compared) & names if says is not None else set()
