"""A table says whose each row is, and a policy does not ask."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.because import of_policy
from policytool.access.scope import lack, unscoped
from policytool.access.wording import verbs, who
from policytool.catalog.model import Table
from policytool.finding import Finding, table_ref
from policytool.rule import Context, TableRule


class OwnerColumnUnscoped(TableRule):
    """A table says whose each row is, and a policy does not ask."""

    name = "owner-column-unscoped"
    severity = "warning"
    confidence = "medium"
    cwe = 639

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Writes that some policy opens by a condition on the row alone; info where it is only reading.

        Tables that have a tenant besides are for `tenant-column-unscoped`.
        """
        if not table.rls_enabled or context.access.tenant_columns(table):
            return
        bound = context.access.bound_columns(table)
        owners = tuple(dict.fromkeys((*bound, *context.access.owner_columns(table))))
        if not owners:
            return
        found = tuple(unscoped(table, owners, context.access))
        if not found:
            return
        commands = tuple(dict.fromkeys(u.command for u in found))
        policies = tuple(dict.fromkeys(u.policy for u in found))
        # Who made a row is noted for the record, not always to say whose it is.
        noted = not bound and all(c.endswith("_by") for c in owners)
        reads = commands == ("SELECT",) or not context.access.profile.exposes(table.schema)
        yield self.finding(
            table_ref(table),
            f"{who(found[0].role)} can {verbs(commands)} rows of {table.schema}.{table.name} that are not theirs: "
            f'policy "{policies[0].name}" {lack(policies[0], table, owners[0], context.access)}',
            at=found[0].place,
            severity="info" if reads or noted else None,
            because=tuple(of_policy(p, "does not either") for p in policies[1:4]),
        )
