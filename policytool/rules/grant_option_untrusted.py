"""A role that anybody can act as may pass its privileges on."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.client_grants import client_grants, in_sql, in_words, named, roles_of
from policytool.access.spelled import Owned, granted, grantees
from policytool.access.wording import who
from policytool.catalog.model import Grant, Membership, Schema
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Related, ref_of, role_ref
from policytool.rule import CatalogRule, Context


class GrantOptionUntrusted(CatalogRule):
    """A role that anybody can act as may pass its privileges on."""

    name = "grant-option-untrusted"
    severity = "error"
    cwe = 269

    def check(self, context: Context) -> Iterator[Finding]:
        """Grants WITH GRANT OPTION to clients, object by object, and memberships WITH ADMIN OPTION."""
        for item in _items(context):
            grants = tuple(g for g in client_grants(item, context.access) if g.grantable and g.grantee != item.owner)
            if grants:
                yield self._granted(item, grants)
        for membership in context.catalog.memberships:
            if membership.admin and membership.member in context.access.clients:
                yield self._member(membership)

    def _granted(self, item: Owned, grants: tuple[Grant, ...]) -> Finding:
        roles = roles_of(grants)
        places = tuple(dict.fromkeys(g.made for g in grants if g.made is not None))
        return self.finding(
            ref_of(item),
            f"{named(roles)} may grant {in_words(grants)} on {granted(item)} to others, and a REVOKE from "
            f"{'them' if len(roles) > 1 else 'it'} fails once that was done",
            at=places[-1] if places else None,
            because=tuple(Related(message="and by this", location=p) for p in places[:-1][:3]),
            fix=Fix(
                sql=f"revoke grant option for {in_sql(grants)} on {granted(item)} from {grantees(roles)} cascade;",
                safety="safe",
            ),
        )

    def _member(self, membership: Membership) -> Finding:
        role, member = membership.role, membership.member
        return self.finding(
            role_ref(member),
            f"{member} is a member of {role} WITH ADMIN OPTION: {who(member)} decides who else is",
            at=membership.made,
            fix=Fix(sql=f"revoke admin option for {identifier(role)} from {identifier(member)};", safety="safe"),
            key=role,
        )


def _items(context: Context) -> Iterator[Owned]:
    catalog = context.catalog
    yield from (s for s in catalog.schemas.values() if s.origin is None or s.name == "public")
    for items in (catalog.tables, catalog.views, catalog.sequences, catalog.functions):
        yield from (i for i in items.values() if i.origin is None and not isinstance(i, Schema))
