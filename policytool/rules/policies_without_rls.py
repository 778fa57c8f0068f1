"""A table has policies, but row level security is off: none of them is applied."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.because import of_policy
from policytool.catalog.model import Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, table_ref
from policytool.rule import Context, TableRule


class PoliciesWithoutRls(TableRule):
    """A table has policies, but row level security is off: none of them is applied."""

    name = "policies-without-rls"
    severity = "error"
    splinter = "0007_policy_exists_rls_disabled"
    cwe = 862

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Every table of the user's own making with a policy and without RLS."""
        if table.rls_enabled or not table.policies or table.assumed:
            return
        count = len(table.policies)
        noun = "policy is" if count == 1 else "policies are"
        yield self.finding(
            table_ref(table),
            f"{table.schema}.{table.name} has row level security off, so its {count} {noun} not applied",
            at=table.policies[0].made or table.made,
            severity=None if context.access.exposed(table) else "warning",
            because=tuple(of_policy(p, "does nothing") for p in table.policies[1:3]),
            fix=Fix(sql=f"alter table {qualified(table.schema, table.name)} enable row level security;", safety="safe"),
        )
