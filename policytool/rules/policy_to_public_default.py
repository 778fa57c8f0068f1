"""A policy that only signed-in users can pass is for PUBLIC, so it is asked for everyone."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access, side_of
from policytool.access.policies import clauses, commands_of, named, target
from policytool.access.rolecompare import compared_roles
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule


class PolicyToPublicDefault(PolicyRule):
    """A policy that only signed-in users can pass is for PUBLIC, so it is asked for everyone."""

    name = "policy-to-public-default"
    severity = "info"
    concern = "performance"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies for PUBLIC that no visitor without an account can pass, though visitors are asked."""
        access = context.access
        signed_in = access.profile.authenticated
        if not policy.permissive or policy.roles != ("public",) or signed_in is None or not table.rls_enabled:
            return
        if not _asked(policy, table, access) or not _for_users(policy, table, access):
            return
        if any(True for c in clauses(policy) for _ in compared_roles(c.text)):
            return  # `policy-auth-role-compare` says it
        yield self.finding(
            member_ref("policy", table, policy.name),
            f"{named(policy, table)} is for PUBLIC, though only signed-in users can pass it: it is asked for every row "
            "of every visitor too",
            at=policy.made,
            fix=Fix(
                sql=f"alter {target(policy, table)} to {signed_in};",
                safety="unsafe" if _other_roles(context) else "safe",
                note="roles of your own that the policy should let by must be named too"
                if _other_roles(context)
                else None,
            ),
        )


def _asked(policy: Policy, table: Table, access: Access) -> bool:
    """Whether a client without an account comes as far as the policy."""
    if not access.profile.exposes(table.schema):
        return False
    visitors = [r for r in access.clients if access.anonymous(r)]
    return any(access.reach(r, c, table) for r in visitors for c in commands_of(policy))


def _for_users(policy: Policy, table: Table, access: Access) -> bool:
    """Whether it names the person, fails for want of one, and holds for some who are signed in."""
    says = [s for c in commands_of(policy) if (s := access.predicate(policy, side_of(c), table)) is not None]
    return bool(says) and all(
        s.identity_calls and not s.holds(anonymous=True) and s.holds(anonymous=False) for s in says
    )


def _other_roles(context: Context) -> bool:
    return any(role.origin is None for role in context.catalog.roles.values())
