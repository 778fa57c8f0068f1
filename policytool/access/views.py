"""What views read, and as whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policytool.access.guards import atoms
from policytool.access.row_filter import Command
from policytool.access.truth import truth
from policytool.access.updatable import base_table, commands
from policytool.access.values import UNKNOWN
from policytool.access.visitor import ANONYMOUS, SIGNED_IN
from policytool.catalog.expression.references import references
from policytool.catalog.model import Table, View
from policytool.syntax.fragments import parse_query

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]


def protected_below(view: View, access: Access) -> tuple[Table, ...]:
    """The tables with RLS that a view reads, however deep, as a role that their policies do not bind.

    A view reads its tables as its owner. One that is security_invoker reads them as the caller, who is bound, also
    where another view of whatever kind stands above it.
    """
    return tuple(dict.fromkeys(_below(view, access, frozenset())))


def _below(view: View, access: Access, seen: frozenset[tuple[str, str]]) -> Iterator[Table]:
    key = (view.schema, view.name)
    if key in seen:
        return
    acting = None if view.security_invoker else view.owner
    for name in sorted(references(view.definition).tables):
        inner = access.catalog.views.get(name)
        if inner is not None and not inner.materialized:
            yield from _below(inner, access, seen | {key})
        table = access.catalog.tables.get(name)
        if table is not None and acting is not None and table.rls_enabled and access.exempt(acting, table):
            yield table


def stored_below(view: View, access: Access) -> tuple[Table, ...]:
    """The tables with RLS whose rows a materialised view holds: as its owner read them, by way of whatever views."""
    found: dict[tuple[str, str], Table] = {}
    todo, seen = [view], {(view.schema, view.name)}
    for current in todo:
        for name in sorted(references(current.definition).tables):
            inner, table = access.catalog.views.get(name), access.catalog.tables.get(name)
            if inner is not None and name not in seen:
                seen.add(name)
                todo.append(inner)
            if table is not None and table.rls_enabled and access.exempt(view.owner, table):
                found[name] = table
    return tuple(found.values())


def written_past(view: View, access: Access) -> tuple[Table | None, dict[str, tuple[Command, ...]]]:
    """The table that clients write to through a view past its policies; and which of them by which commands."""
    found = None if view.security_invoker else base_table(view, access)
    if found is None:
        return None, {}
    above, table = found
    if above.security_invoker or not table.rls_enabled or not access.exempt(above.owner, table):
        return None, {}
    writers: dict[str, tuple[Command, ...]] = {}
    for role in access.clients:
        passed = (c for c in commands(view) if access.reach(role, c, view) and access.can(above.owner, c, table))
        if any(keeps_out(v, role, access) for v in (view, above)):
            # What the view's own conditions hide can be neither changed nor deleted by way of it.
            passed = (c for c in passed if c == "INSERT" and view.check_option is None)
        wanted = tuple(c for c in passed if access.row_filter(role, table, c).reach != "all")
        if wanted:
            writers[role] = wanted
    return (table, writers) if writers else (None, {})


def readers(view: View, access: Access) -> list[str]:
    """The clients that may read a view and that its own conditions let see anything."""
    return [r for r in access.clients if access.reach(r, "SELECT", view) and not keeps_out(view, r, access)]


def keeps_out(view: View, role: str, access: Access) -> bool:
    """Whether the view's own conditions are true for nobody who acts as a role that needs no account."""
    if role == "public" or not access.anonymous(role) or view.materialized:
        return False
    where, inline = _where(view), access.helpers.inline
    return where is not None and all(truth(where, visitor, inline=inline) in (False, None) for visitor in ANONYMOUS)


def ties_to_caller(view: View, access: Access) -> bool:
    """Whether the view's own conditions ask who reads it, and not just if they are signed in: a filter is meant."""
    where, helpers = _where(view), access.helpers
    return where is not None and any(
        helpers.asks_who(a) and truth(a, SIGNED_IN, inline=helpers.inline) is UNKNOWN for a in atoms(where)
    )


def filters(view: View) -> bool:
    """Whether a view has conditions of its own."""
    return _where(view) is not None


def _where(view: View) -> Node | None:
    found: Node | None = (parse_query(view.definition) or {}).get("SelectStmt", {}).get("whereClause")
    return found
