"""A role that anybody can act as is a member of a privileged one."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.powers import memberships, power
from policytool.access.wording import who
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, role_ref
from policytool.rule import CatalogRule, Context


class PrivilegedMembership(CatalogRule):
    """A role that anybody can act as is a member of a privileged one."""

    name = "privileged-membership"
    severity = "error"
    cwe = 269

    def check(self, context: Context) -> Iterator[Finding]:
        """Memberships of clients, and of the login they come in by, in owners, superusers and the like."""
        for membership in memberships(context.access):
            can = power(membership.role, context.access)
            if can is None:
                continue
            member, role = membership.member, membership.role
            whom = who(member) if member in context.access.clients else "whoever has its password"
            way = "acts as" if membership.inherit and context.catalog.roles[member].inherit else "can become"
            yield self.finding(
                role_ref(member),
                f"{member} is a member of {role}, which {can}: {whom} {way} it",
                at=membership.made,
                fix=Fix(sql=f"revoke {identifier(role)} from {identifier(member)};"),
                key=role,
            )
