"""Row level security is on and there is no policy: clients see nothing."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS
from policytool.access.wording import and_list, verbs, widest
from policytool.catalog.model import Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, table_ref
from policytool.rule import Context, TableRule


class RlsNoPolicy(TableRule):
    """Row level security is on and there is no policy: clients see nothing."""

    name = "rls-no-policy"
    severity = "info"
    concern = "correctness"
    splinter = "0008_rls_enabled_no_policy"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Tables that a client may name and never get a row of; a warning where that was granted on this very table."""
        if not table.rls_enabled or table.policies or table.assumed or table.partition_of is not None:
            return
        access = context.access
        roles = [r for r in access.clients if any(access.reach(r, c, table) for c in COMMANDS)]
        if not roles or not access.profile.exposes(table.schema):
            return
        granted = [r for r in roles if self._deliberate(table, r, context)]
        role = widest(granted or roles)
        held = tuple(c for c in COMMANDS if access.reach(role, c, table))
        yield self.finding(
            table_ref(table),
            f"{role} may {verbs(held)} {table.schema}.{table.name}, but no policy lets it reach a row",
            at=table.made,
            severity="warning" if granted else None,
            because=access.because(role, held, table),
            fix=Fix(
                sql=f"revoke all on {qualified(table.schema, table.name)} from {', '.join(map(identifier, roles))};",
                safety="safe",
                note=f"or add a policy, if {and_list(roles)} should use the table",
            ),
        )

    def _deliberate(self, table: Table, role: str, context: Context) -> bool:
        granted = context.access.privileges.grants
        return any(context.deliberate(g) for c in COMMANDS for g in granted(role, c, table))
