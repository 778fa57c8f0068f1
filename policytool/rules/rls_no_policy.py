"""Row level security is on and there is no policy: clients see nothing."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS
from policytool.access.wording import verbs, widest
from policytool.catalog.model import Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, table_ref
from policytool.rule import Context, TableRule


class RlsNoPolicy(TableRule):
    """Row level security is on and there is no policy: clients see nothing."""

    name = "rls-no-policy"
    severity = "info"
    splinter = "0008_rls_enabled_no_policy"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Tables that a client may name and never get a row of; a warning where somebody granted that on purpose."""
        if not table.rls_enabled or table.policies or table.assumed or table.partition_of:
            return
        access = context.access
        roles = [r for r in access.clients if any(access.reach(r, c, table) for c in COMMANDS)]
        if not roles or not access.profile.exposes(table.schema):
            return
        granted = [
            r for r in roles if any(not g.by_default for c in COMMANDS for g in access.privileges.grants(r, c, table))
        ]
        role = widest(granted or roles)
        held = tuple(c for c in COMMANDS if access.reach(role, c, table))
        yield self.finding(
            table_ref(table),
            f"{role} may {verbs(held)} {table.schema}.{table.name}, but no policy lets it see a row",
            at=table.made,
            severity="warning" if granted else None,
            because=access.because(role, held, table),
            fix=Fix(
                sql=f"revoke all on {qualified(table.schema, table.name)} from {', '.join(roles)};",
                note="or add a policy, if clients are meant to use the table",
            ),
        )
