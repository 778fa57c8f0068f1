"""A table says to which tenant each row belongs, and a policy does not ask."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.because import of_policy
from policytool.access.scope import lack, unscoped
from policytool.access.wording import verbs, who
from policytool.catalog.model import Table
from policytool.finding import Finding, table_ref
from policytool.rule import Context, TableRule


class TenantColumnUnscoped(TableRule):
    """A table says to which tenant each row belongs, and a policy does not ask."""

    name = "tenant-column-unscoped"
    severity = "warning"
    confidence = "medium"
    cwe = 639

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Writes that some policy opens by a condition on the row alone; info where it is only reading."""
        tenants = context.access.tenant_columns(table)
        if not tenants or not table.rls_enabled:
            return
        found = tuple(unscoped(table, tenants, context.access))
        if not found:
            return
        commands = tuple(dict.fromkeys(u.command for u in found))
        policies = tuple(dict.fromkeys(u.policy for u in found))
        reads = commands == ("SELECT",) or not context.access.profile.exposes(table.schema)
        yield self.finding(
            table_ref(table),
            f"{who(found[0].role)} can {verbs(commands)} rows of {table.schema}.{table.name} across tenants: "
            f'policy "{policies[0].name}" {lack(policies[0], table, tenants[0], context.access)}',
            at=found[0].place,
            severity="info" if reads else None,
            because=tuple(of_policy(p, "does not either") for p in policies[1:4]),
        )
