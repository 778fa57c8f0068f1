"""A table says whose each row is, and a policy does not ask."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.because import of_policy
from policytool.access.scope import Unscoped, unscoped
from policytool.access.wording import verbs, who
from policytool.catalog.model import Table
from policytool.finding import Finding, table_ref
from policytool.rule import Context, TableRule


class OwnerColumnUnscoped(TableRule):
    """A table says whose each row is, and a policy does not ask."""

    name = "owner-column-unscoped"
    severity = "warning"
    cwe = 639

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Commands that some policy opens by a condition on the row alone; info where only reading is."""
        owners = context.access.owner_columns(table)
        if not owners or not table.rls_enabled or context.access.tenant_columns(table):
            return
        found = tuple(unscoped(table, context.access))
        if found:
            yield self._finding(table, owners[0], found)

    def _finding(self, table: Table, owner: str, found: tuple[Unscoped, ...]) -> Finding:
        commands = tuple(dict.fromkeys(u.command for u in found))
        policies = tuple(dict.fromkeys(u.policy for u in found))
        writes = any(c != "SELECT" for c in commands)
        return self.finding(
            table_ref(table),
            f"{who(found[0].role)} can {verbs(commands)} rows of {table.schema}.{table.name} that are not theirs: "
            f'policy "{policies[0].name}" does not ask for {owner}',
            at=policies[0].using_at or policies[0].with_check_at or policies[0].made,
            severity=None if writes else "info",
            because=tuple(of_policy(p, "does not either") for p in policies[1:4]),
        )
