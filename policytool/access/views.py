"""What views read, and as whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policytool.catalog.expression.references import references
from policytool.catalog.model import Table, View
from policytool.syntax.fragments import parse_query

if TYPE_CHECKING:
    from policytool.access import Access


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


def ties_to_caller(view: View, access: Access) -> bool:
    """Whether the view's own conditions ask who reads it: then it is meant as a filter."""
    tree = parse_query(view.definition)
    select = (tree or {}).get("SelectStmt", {})
    return "whereClause" in select and access.helpers.asks_who(select["whereClause"])
