"""Canonical text of expressions and queries: the same for what a migration says and for what a server shows of it."""

from __future__ import annotations

from policytool.catalog.expression.deparse import deparse
from policytool.catalog.expression.names import Names, Node, Relation
from policytool.catalog.expression.rewrite import rewrite
from policytool.catalog.expression.rewrite_casts import settle
from policytool.catalog.expression.rewrite_query import query
from policytool.catalog.expression.scope import STAR, Columns, Entry, Scope
from policytool.catalog.model import Name


def canonical(
    node: Node,
    names: Names,
    table: Name | None = None,
    *,
    extra: tuple[Relation, ...] = (),
    expected: str | None = None,
) -> str:
    """The canonical text of an expression.

    `table` is the relation whose columns it may name without qualification. `extra` are further relations in sight
    (`new` and `old` of a trigger); one without a name holds plain variables, such as the arguments of a function.
    `expected` is the type that the surroundings want: the column's for a default, boolean for a policy.
    """
    scope = _outermost(names, table, extra)
    return deparse(settle(rewrite(node, scope), scope.plain(expected)))


def canonical_query(node: Node, names: Names, *, extra: tuple[Relation, ...] = ()) -> str:
    """The canonical text of a query, such as the body of a view."""
    return deparse(query(node, _outermost(names, None, extra))[0])


def column_list(node: Node, names: Names, *, extra: tuple[Relation, ...] = ()) -> Columns:
    """The names and, where known, the types of the columns that a query puts out, but those that a star hides."""
    return tuple(column for column in query(node, _outermost(names, None, extra))[1] if column[0] != STAR)


def _outermost(names: Names, table: Name | None, extra: tuple[Relation, ...]) -> Scope:
    scope = Scope(names)
    if table is not None:
        relation = names.relation(*table)
        columns = () if relation is None else relation.columns
        complete = relation is not None and relation.complete
        scope.entries.append(Entry(table[1], scope.claim(table[1]), columns, table, bare=True, complete=complete))
    for relation in extra:
        name = scope.claim(relation.name) if relation.name else ""
        scope.entries.append(Entry(relation.name, name, relation.columns, bare=not relation.name))
    return scope
