"""A table has policies, but row level security is off: none of them is applied."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.because import of_policy
from policytool.access.reachers import can_do, grants_of, reachers
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
        """Every table of the user's own making with a policy and without RLS; a warning where no client reaches it."""
        if table.rls_enabled or not table.policies or table.assumed:
            return
        found = reachers(table, context.access)
        name = f"{table.schema}.{table.name}"
        idle = f"row level security is off, and its {_policies(len(table.policies))} not applied"
        yield self.finding(
            table_ref(table),
            f"{can_do(found, f'every row of {name}')}: {idle}" if found else f"{name}: {idle}",
            at=table.policies[0].made or table.made,
            severity=None if found else "warning",
            because=(
                *grants_of(found, table, context.access),
                *(of_policy(p, "is not applied either") for p in table.policies[1:3]),
            ),
            fix=Fix(sql=f"alter table {qualified(table.schema, table.name)} enable row level security;", safety="safe"),
        )


def _policies(count: int) -> str:
    return "policy is" if count == 1 else f"{count} policies are"
