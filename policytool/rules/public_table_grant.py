"""A table or view is granted to PUBLIC, which is every role there is and every role to come."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS
from policytool.access.client_grants import in_sql, in_words, own_relations
from policytool.access.spelled import granted
from policytool.access.wording import verbs
from policytool.catalog.model import Grant, Table, View
from policytool.finding import Finding, Fix, Related, lowered, ref_of
from policytool.rule import CatalogRule, Context


class PublicTableGrant(CatalogRule):
    """A table or view is granted to PUBLIC, which is every role there is and every role to come."""

    name = "public-table-grant"
    severity = "warning"
    cwe = 732

    def check(self, context: Context) -> Iterator[Finding]:
        """Tables and views with a GRANT to PUBLIC; what default privileges give to PUBLIC is for their own rule."""
        for item in own_relations(context.catalog):
            grants = tuple(g for g in item.grants if g.grantee == "public" and not g.by_default)
            if grants and isinstance(item, Table | View):
                yield self._found(item, grants, context)

    def _found(self, item: Table | View, grants: tuple[Grant, ...], context: Context) -> Finding:
        uses = context.access.privileges.uses("public", item.schema)
        reached = context.access.profile.exposes(item.schema) and uses
        whom = "every role" if uses else f"every role with USAGE on schema {item.schema}"
        places = tuple(dict.fromkeys(g.made for g in grants if g.made is not None))
        return self.finding(
            ref_of(item),
            f"PUBLIC is granted {in_words(grants)} on {item.schema}.{item.name}: {whom}, also one that is "
            f"made tomorrow, {_does(grants)}",
            at=places[-1] if places else item.made,
            severity=None if reached else lowered(self.severity),
            because=tuple(Related(message="a grant to PUBLIC", location=p) for p in places[:-1]),
            fix=Fix(
                sql=f"revoke {in_sql(grants)} on {granted(item)} from public;",
                note="grant it to the roles that need it",
            ),
        )


def _does(grants: tuple[Grant, ...]) -> str:
    found = [c for c in COMMANDS if any(g.privilege == c for g in grants)]
    return f"can {verbs(found)}" if found else "has it"
