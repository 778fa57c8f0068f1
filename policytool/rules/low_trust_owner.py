"""A role that anybody can act as owns a schema, table, view or function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from policytool.access import COMMANDS, Command
from policytool.access.spelled import Owned, granted, spelled
from policytool.access.views import protected_below
from policytool.access.wording import who
from policytool.catalog.model import Function, Schema, Table, View
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Severity, lowered, ref_of
from policytool.rule import CatalogRule, Context


class LowTrustOwner(CatalogRule):
    """A role that anybody can act as owns a schema, table, view or function."""

    name = "low-trust-owner"
    severity = "error"
    cwe = 282

    def check(self, context: Context) -> Iterator[Finding]:
        """What a client role owns itself. Of owning by membership `privileged-membership` speaks."""
        clients = frozenset(context.access.clients)
        for item in _owned(context):
            if item.owner in clients:
                yield self._found(item, context)

    def _found(self, item: Table | View | Function | Schema, context: Context) -> Finding:
        does = f"what {who(item.owner)} runs {_power(item)}"
        return self.finding(
            ref_of(item),
            f"{item.owner} owns {granted(item)}: {does}",
            at=context.settled(item, "owner"),
            severity=_severity(item, context),
            fix=_fix(item, context),
        )


def _owned(context: Context) -> Iterator[Table | View | Function | Schema]:
    catalog = context.catalog
    yield from catalog.schemas.values()
    for items in (catalog.tables, catalog.views, catalog.functions):
        yield from (item for item in items.values() if item.origin is None)


def _severity(item: Table | View | Function | Schema, context: Context) -> Severity:
    if isinstance(item, Schema):
        return "error"
    severity: Severity = "error" if isinstance(item, Table) else "warning"
    if isinstance(item, View) and _stand_in(item, context):
        return "info"
    reached = context.access.profile.exposes(item.schema) and context.access.privileges.uses(item.owner, item.schema)
    return severity if reached else lowered(severity)


def _stand_in(view: View, context: Context) -> bool:
    """Whether the owner was chosen so that policies bind the view: what security_invoker does since PostgreSQL 15."""
    if view.security_invoker or view.materialized:
        return False
    tables = context.catalog.tables.values()
    return not protected_below(view, context.access) and any(t.rls_enabled and t.origin is None for t in tables)


def _power(item: Owned) -> str:
    match item:
        case Schema():
            return "may create, replace and drop whatever is in it"
        case Table(rls_enabled=True, rls_forced=False):
            return "is bound by none of its policies, and may drop it"
        case Table():
            return "may change its policies, and drop it"
        case View():
            return "may give it another definition"
    return "may give it another body"


def _fix(item: Table | View | Function | Schema, context: Context) -> Fix | None:
    owner = _keeper(context)
    if owner is None:
        return None
    sql = f"alter {spelled(item)} owner to {identifier(owner)};"
    if isinstance(item, View) and not item.materialized and not item.security_invoker:
        sql = f"alter {spelled(item)} set (security_invoker = on);\n{sql}"
    if isinstance(item, Table) and (commands := _governed(item, context)):
        # What an owner has goes with the ownership, whatever was granted to it before.
        sql += f"\ngrant {', '.join(commands).lower()} on {granted(item)} to {identifier(item.owner)};"
    return Fix(sql=sql, note="run it as a superuser, or as a member of both roles")


def _governed(table: Table, context: Context) -> list[Command]:
    """The commands that some policy allows to the role that is the owner now."""
    return [c for c in COMMANDS if table.rls_enabled and context.access.applying(table.owner, table, c)[0]]


def _keeper(context: Context) -> str | None:
    """Who should own it: postgres, else whoever owns most tables."""
    if "postgres" in context.catalog.roles:
        return "postgres"
    owners = Counter(t.owner for t in context.catalog.tables.values() if t.origin is None)
    found = [owner for owner, _ in owners.most_common() if owner not in context.access.clients]
    return found[0] if found else None
