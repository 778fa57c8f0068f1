"""A permissive policy is never true for those it is for, so it opens nothing."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access
from policytool.access.policies import clauses, commands_of, met_by, named, target
from policytool.access.rolecompare import compared_roles
from policytool.access.row_filter import expression, side_of
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule


class PolicyConstantFalse(PolicyRule):
    """A permissive policy is never true for those it is for, so it opens nothing."""

    name = "policy-constant-false"
    severity = "info"
    concern = "correctness"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Policies whose conditions fold to false or NULL for every client that meets them."""
        met = met_by(policy, table, context.access) if policy.permissive else ()
        if not met or not _never(policy, table, met, context.access):
            return
        if any(True for c in clauses(policy) for _ in compared_roles(c.text)):
            return  # `policy-auth-role-compare` says it
        yield self.finding(
            member_ref("policy", table, policy.name),
            f"{named(policy, table)} is never true{_for(policy, context.access)}: it opens nothing, and narrows "
            "nothing that others open",
            at=next(c.at for c in clauses(policy)),
            fix=Fix(
                sql=f"drop {target(policy, table)};",
                safety="safe",
                note="to forbid something, revoke the privilege, or make the policy restrictive",
            ),
        )


def _never(policy: Policy, table: Table, met: tuple[str, ...], access: Access) -> bool:
    """Whether, for each of its commands, the condition that decides can hold for no client."""
    if any(expression(policy, side_of(c)) is None for c in commands_of(policy)):
        return False  # `policy-grants-nothing` says what is missing
    says = [access.predicate(policy, side_of(c), table) for c in commands_of(policy)]
    roles = met if "public" not in policy.roles else access.clients
    return all(s is not None and not s.holds(anonymous=access.anonymous(r)) for s in says for r in roles)


def _for(policy: Policy, access: Access) -> str:
    if set(policy.roles) <= set(access.profile.anonymous) - {"public"}:
        return " for a visitor without an account"
    return ""
