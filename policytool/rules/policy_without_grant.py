"""A policy speaks of a role that lacks the privilege, so the role is refused before any policy is asked."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS, Command, Side
from policytool.access.wording import and_list
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule

SIDES: tuple[Side, ...] = ("using", "check")


class PolicyWithoutGrant(PolicyRule):
    """A policy speaks of a role that lacks the privilege, so the role is refused before any policy is asked."""

    name = "policy-without-grant"
    severity = "warning"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies with a TO clause, for each named role that cannot use the command at all."""
        if not policy.permissive or table.assumed or table.origin is not None or _denies(table, policy, context):
            return
        roles = [r for r in policy.roles if r in context.catalog.roles and self._refused(table, policy, r, context)]
        if not roles:
            return
        command = "SELECT, INSERT, UPDATE, DELETE" if policy.command == "ALL" else policy.command
        schema_only = all(context.access.privileges.uses(r, table.schema) for r in roles)
        what = f"has no {policy.command if policy.command != 'ALL' else 'privilege'}" + (
            " on" if schema_only else " in the schema of"
        )
        name, names = qualified(table.schema, table.name), ", ".join(identifier(r) for r in roles)
        usage = "" if schema_only else f"grant usage on schema {identifier(table.schema)} to {names};\n"
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" is for {and_list(roles)}, which {what} {table.schema}.{table.name}: every query '
            "is refused",
            at=policy.made,
            severity="error" if context.catalog.platform == "supabase-explicit" else None,
            fix=Fix(sql=f"{usage}grant {command.lower()} on {name} to {names};"),
        )

    def _refused(self, table: Table, policy: Policy, role: str, context: Context) -> bool:
        commands: tuple[Command, ...] = COMMANDS if policy.command == "ALL" else (policy.command,)
        if context.access.exempt(role, table):
            return False
        return not any(context.access.reach(role, c, table) for c in commands)


def _denies(table: Table, policy: Policy, context: Context) -> bool:
    """Whether the policy is written to refuse: its expressions are false for everyone."""
    says = [p for side in SIDES if (p := context.access.predicate(policy, side, table)) is not None]
    return bool(says) and all(p.authenticated is False and p.anon is False for p in says)
