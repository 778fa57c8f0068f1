"""Only restrictive policies cover a command, so it is denied to everyone."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS
from policytool.access.because import of_policy
from policytool.access.wording import verbs
from policytool.catalog.model import Table
from policytool.finding import Finding, table_ref
from policytool.rule import Context, TableRule


class RlsRestrictiveOnly(TableRule):
    """Only restrictive policies cover a command, so it is denied to everyone."""

    name = "rls-restrictive-only"
    severity = "warning"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Commands that clients hold, that a restrictive policy speaks of, and that no permissive policy opens."""
        if not table.rls_enabled or table.assumed:
            return
        denied = tuple(
            c for c in COMMANDS if any(self._denied(table, role, c, context) for role in context.access.clients)
        )
        restrictive = [p for p in table.policies if not p.permissive]
        if not denied:
            return
        yield self.finding(
            table_ref(table),
            f"nobody can {verbs(denied)} {table.schema}.{table.name}: a restrictive policy only narrows what a "
            "permissive one opens, and there is none",
            at=restrictive[0].made or table.made,
            because=tuple(of_policy(p, "is restrictive") for p in restrictive[1:3]),
        )

    def _denied(self, table: Table, role: str, command: str, context: Context) -> bool:
        access = context.access
        if command not in COMMANDS or not access.reach(role, command, table):
            return False
        permissive, restrictive = access.applying(role, table, command)
        # A restrictive FOR ALL beside permissive policies for some commands is a guard, not a mistake.
        named = [p for p in restrictive if p.command == command or not any(q.permissive for q in table.policies)]
        return bool(named) and not permissive
