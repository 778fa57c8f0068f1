"""A condition meant to demand a signed-in user is true for everyone who is not."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS, Command, side_of
from policytool.access.wording import verbs
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule


class PolicyTrueForAnon(PolicyRule):
    """A condition meant to demand a signed-in user is true for everyone who is not."""

    name = "policy-true-for-anon"
    severity = "error"
    cwe = 697

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies that fold to true without claims, and do not for a signed-in user."""
        if not policy.permissive or not table.rls_enabled:
            return
        opened = tuple(c for c in COMMANDS if self._opens(table, policy, c, context))
        if not opened:
            return
        role = next(r for r in context.access.clients if self._reaches(table, policy, opened[0], r, context))
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" lets a visitor who is not signed in {verbs(opened)} every row of '
            f"{table.schema}.{table.name}: without a user auth.uid() is NULL, and the condition is true",
            at=policy.using_at or policy.with_check_at or policy.made,
            because=context.access.because(role, opened, table),
            fix=_fix(table, policy),
        )

    def _opens(self, table: Table, policy: Policy, command: Command, context: Context) -> bool:
        says = context.access.predicate(policy, side_of(command), table) if policy.command in ("ALL", command) else None
        if says is None or says.anon is not True or says.authenticated is True:
            return False
        return any(self._reaches(table, policy, command, r, context) for r in context.access.clients)

    def _reaches(self, table: Table, policy: Policy, command: Command, role: str, context: Context) -> bool:
        access = context.access
        if not access.anonymous(role) or policy not in access.applying(role, table, command)[0]:
            return False
        return access.row_filter(role, table, command).reach == "all"


def _fix(table: Table, policy: Policy) -> Fix:
    from policytool.catalog.spelling import identifier, qualified

    return Fix(
        sql=f"alter policy {identifier(policy.name)} on {qualified(table.schema, table.name)} to authenticated;",
        note="and write the condition so that it fails when auth.uid() is NULL",
    )
