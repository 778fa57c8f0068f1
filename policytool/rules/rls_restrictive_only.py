"""Only restrictive policies cover a command, so it is denied to everyone."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS, Command, side_of
from policytool.access.because import of_policy
from policytool.access.wording import verbs
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, table_ref
from policytool.rule import Context, TableRule


class RlsRestrictiveOnly(TableRule):
    """Only restrictive policies cover a command, so it is denied to everyone."""

    name = "rls-restrictive-only"
    severity = "warning"
    concern = "correctness"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Commands that clients hold, that a restrictive policy speaks of, and that no permissive policy opens."""
        if not table.rls_enabled or table.assumed:
            return
        idle = {c: policies for c in COMMANDS if (policies := self._idle(table, c, context))}
        policies = tuple(dict.fromkeys(p for found in idle.values() for p in found))
        if not policies:
            return
        yield self.finding(
            table_ref(table),
            f"no client can {verbs(idle)} {table.schema}.{table.name}: a restrictive policy only narrows what a "
            "permissive one opens, and there is none",
            at=policies[0].made or table.made,
            severity=None if context.access.profile.exposes(table.schema) else "info",
            because=tuple(of_policy(p, "is restrictive too") for p in policies[1:3]),
        )

    def _idle(self, table: Table, command: Command, context: Context) -> tuple[Policy, ...]:
        """The restrictive policies that narrow nothing for any client that holds the command."""
        access = context.access
        found: list[Policy] = []
        for role in access.clients:
            if not access.reach(role, command, table) or access.exempt(role, table):
                continue
            permissive, restrictive = access.applying(role, table, command)
            if permissive:
                return ()
            found += restrictive
        # A restrictive FOR ALL beside permissive policies for some commands is a guard, not a mistake.
        guards = any(p.permissive for p in table.policies)
        return tuple(
            p for p in dict.fromkeys(found)
            if (p.command == command or not guards) and not _freezes(table, p, command, context)
        )  # fmt: skip


def _freezes(table: Table, policy: Policy, command: Command, context: Context) -> bool:
    """Whether a policy is meant to deny: false, written out."""
    says = context.access.predicate(policy, side_of(command), table)
    return says is not None and says.authenticated is False and says.anon is False
