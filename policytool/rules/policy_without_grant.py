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
    concern = "correctness"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies with a TO clause, for each named role that cannot use the command at all."""
        if not policy.permissive or table.assumed or table.origin is not None or _denies(table, policy, context):
            return
        commands: tuple[Command, ...] = COMMANDS if policy.command == "ALL" else (policy.command,)
        roles = [r for r in policy.roles if r in context.catalog.roles and self._refused(table, commands, r, context)]
        if not roles:
            return
        uses = all(context.access.privileges.uses(r, table.schema) for r in roles)
        lacks = f"no {policy.command if policy.command != 'ALL' else 'privilege'} on {table.schema}.{table.name}"
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'policy "{policy.name}" is for {and_list(roles)}, which {"has" if len(roles) == 1 else "have"} '
            f"{lacks if uses else f'no USAGE on schema {table.schema}'}: every query is refused before it is asked",
            at=policy.made,
            severity="error" if context.catalog.platform == "supabase-explicit" else None,
            fix=_fix(table, commands, roles, uses),
        )

    def _refused(self, table: Table, commands: tuple[Command, ...], role: str, context: Context) -> bool:
        access = context.access
        return not access.exempt(role, table) and not any(access.reach(role, c, table) for c in commands)


def _fix(table: Table, commands: tuple[Command, ...], roles: list[str], uses: bool) -> Fix:
    names = ", ".join(map(identifier, roles))
    usage = "" if uses else f"grant usage on schema {identifier(table.schema)} to {names};\n"
    privileges = ", ".join(c.lower() for c in commands)
    return Fix(sql=f"{usage}grant {privileges} on {qualified(table.schema, table.name)} to {names};")


def _denies(table: Table, policy: Policy, context: Context) -> bool:
    """Whether the policy is written to refuse: its expressions are false for everyone."""
    says = [p for side in SIDES if (p := context.access.predicate(policy, side, table)) is not None]
    return bool(says) and all(p.authenticated is False and p.anon is False for p in says)
