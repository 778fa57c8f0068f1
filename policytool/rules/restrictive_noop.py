"""A restrictive policy is true of every row, so it restricts nothing."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access, Command, Side
from policytool.access.policies import clauses, commands_of, met_by, named, target
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule

_SIDES: dict[Command, tuple[Side, ...]] = {
    "SELECT": ("using",),
    "INSERT": ("check",),
    "UPDATE": ("using", "check"),
    "DELETE": ("using",),
}


class RestrictiveNoop(PolicyRule):
    """A restrictive policy is true of every row, so it restricts nothing."""

    name = "restrictive-noop"
    severity = "warning"
    cwe = 863

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Restrictive policies without an expression, or with one that is true for all whom they bind."""
        if policy.permissive or not table.rls_enabled or not _idle(policy, table, context.access):
            return
        met = met_by(policy, table, context.access)
        if met and not _opened(policy, table, met, context.access):
            return  # `rls-restrictive-only` says that nothing is open
        empty = policy.using is None and policy.with_check is None
        yield self.finding(
            member_ref("policy", table, policy.name),
            f"{named(policy, table)} is restrictive and {'has no expression' if empty else 'always true'}: "
            "it restricts nothing of what permissive policies open",
            at=next((c.at for c in clauses(policy)), policy.made),
            severity=None if met else "info",
            fix=Fix(
                sql=f"drop {target(policy, table)};",
                safety="safe",
                note="it does nothing; or write into it what it was meant to demand",
            ),
        )


def _idle(policy: Policy, table: Table, access: Access) -> bool:
    """Whether it narrows no command, for any way of being a role that it binds."""
    anonymous = [access.anonymous(r) for r in policy.roles]
    kinds = {True, False} if "public" in policy.roles else set(anonymous)
    for side in {side for c in commands_of(policy) for side in _SIDES[c]}:
        says = access.predicate(policy, side, table)
        if says is not None and any(says.truth(anonymous=kind) is not True for kind in kinds):
            return False
    return True


def _opened(policy: Policy, table: Table, roles: tuple[str, ...], access: Access) -> bool:
    """Whether permissive policies open any of its commands to whom it binds."""
    return any(access.applying(r, table, c)[0] for r in roles for c in commands_of(policy) if access.reach(r, c, table))
