"""A policy asks only that somebody is signed in: any account reaches every row."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS, Command, side_of
from policytool.access.dropped import dropped
from policytool.access.storage import is_objects
from policytool.access.wording import verbs
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, member_ref
from policytool.rule import Context, PolicyRule


class PolicyAnyAuthenticated(PolicyRule):
    """A policy asks only that somebody is signed in: any account reaches every row."""

    name = "policy-any-authenticated"
    severity = "warning"
    cwe = 863

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies that fold to true for any user and not for a visitor; info where they only read."""
        if not policy.permissive or not table.rls_enabled or context.conventions.trusted_signup:
            return
        if is_objects(table):
            return  # the rules about storage say more of it
        opened = tuple(c for c in COMMANDS if self._opens(table, policy, c, context))
        if not opened:
            return
        writes = any(c != "SELECT" for c in opened) and context.access.profile.exposes(table.schema)
        rows = "any row into" if opened == ("INSERT",) else "every row of"
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" lets any signed-in user {verbs(opened)} {rows} {table.schema}.{table.name}: '
            "it asks only that there is a user",
            at=(policy.with_check_at if opened == ("INSERT",) else policy.using_at) or policy.made,
            severity=None if writes else "info",
            because=context.access.because("authenticated", opened, table),
        )

    def _opens(self, table: Table, policy: Policy, command: Command, context: Context) -> bool:
        access = context.access
        if policy.command not in ("ALL", command) or access.profile.authenticated is None:
            return False
        if command == "INSERT" and dropped(policy, table, access) is not None:
            return False  # `policy-check-drops-scope` says it
        says = access.predicate(policy, side_of(command), table)
        if says is None or says.authenticated is not True or says.anon is True:
            return False
        applies = policy in access.applying("authenticated", table, command)[0]
        return applies and access.row_filter("authenticated", table, command).reach == "all"
