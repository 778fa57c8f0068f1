"""A condition meant to demand a signed-in user is true for everyone who is not."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS, Command, side_of
from policytool.access.wording import verbs, widest
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, lowered, member_ref
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
        open_to = {c: roles for c in COMMANDS if (roles := self._opened(table, policy, c, context))}
        if not open_to:
            return
        role = widest(r for roles in open_to.values() for r in roles)
        name, target = f"{table.schema}.{table.name}", qualified(table.schema, table.name)
        yield self.finding(
            member_ref("policy", table, policy.name),
            f"a visitor who is not signed in can {verbs(open_to)} every row of {name}: "
            f'the condition of policy "{policy.name}" is true for whoever has no account',
            at=(policy.with_check_at if set(open_to) == {"INSERT"} else policy.using_at) or policy.made,
            severity=None if context.access.profile.exposes(table.schema) else lowered(self.severity),
            because=context.access.because(role, open_to, table),
            fix=Fix(
                sql=f"alter policy {identifier(policy.name)} on {target} to authenticated;",
                note="and write the condition so that it fails when auth.uid() is NULL",
            ),
        )

    def _opened(self, table: Table, policy: Policy, command: Command, context: Context) -> tuple[str, ...]:
        """The anonymous clients for whom the policy opens the command, when it does so for them alone."""
        access = context.access
        says = access.predicate(policy, side_of(command), table) if policy.command in ("ALL", command) else None
        if says is None or says.anon is not True or says.authenticated is True:
            return ()
        return tuple(
            role
            for role in access.clients
            if access.anonymous(role)
            and policy in access.applying(role, table, command)[0]
            and access.row_filter(role, table, command).reach == "all"
        )
