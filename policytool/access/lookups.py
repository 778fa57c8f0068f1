"""What sub-queries look up: the tables that they read, by which of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policytool.access.branches import operator_of
from policytool.access.routines import body_of
from policytool.access.rowmark import join_conditions, relations
from policytool.catalog.model import Table
from policytool.syntax.node import names, walk

if TYPE_CHECKING:
    from policytool.access.helpers import Helpers

Node = Mapping[str, Any]
_EQUALITIES = ("AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_IN", "AEXPR_NOT_DISTINCT")


class Lookup(Struct, frozen=True, kw_only=True):
    """A table that a sub-query finds rows of by the values of columns, in the order of the text.

    `asked`: those of them that are compared with what is known before, not with another table of the same query.
    """

    table: Table
    columns: tuple[str, ...]
    asked: tuple[str, ...]


def lookups(tree: Node, helpers: Helpers) -> Iterator[Lookup]:
    """What the queries in an expression look up, and those in the bodies of the user's functions that it calls."""
    yield from _in_queries(tree, helpers)
    for kind, call in walk(tree):
        function = helpers.find(call) if kind == "FuncCall" else None
        for query in body_of(function).queries if function is not None else ():
            yield from _in_queries(query.tree, helpers)


def _in_queries(tree: Node, helpers: Helpers) -> Iterator[Lookup]:
    for kind, select in walk(tree):
        if kind != "SelectStmt":
            continue
        conditions = tuple(_conjuncts(select))
        read = [(alias, helpers.relation(schema, name)) for alias, schema, name in relations(select)]
        tables = [(alias, table) for alias, table in read if isinstance(table, Table)]
        for alias, table in tables:
            others = [item for item in tables if item[0] != alias]
            found = dict(pair for atom in conditions for pair in _equated(atom, alias, table, others))
            asked = tuple(column for column, known in found.items() if known)
            yield Lookup(table=table, columns=tuple(found), asked=asked)


def _conjuncts(select: Node) -> Iterator[Node]:
    """The conditions of WHERE and of the joins' ON that must all hold."""
    todo = [*join_conditions(select), *([select["whereClause"]] if "whereClause" in select else [])]
    for node in todo:
        body = node.get("BoolExpr", {})
        if body.get("boolop") == "AND_EXPR":
            todo.extend(body["args"])
        else:
            yield node


def _equated(atom: Node, alias: str, table: Table, others: list[tuple[str, Table]]) -> Iterator[tuple[str, bool]]:
    """The columns of the table that a condition sets equal to something, and whether that is none of the query's."""
    body = atom.get("A_Expr", {})
    if operator_of(body) == "=" and body.get("kind", "AEXPR_OP") in _EQUALITIES:
        sides = (body.get("lexpr", {}), body.get("rexpr", {}))
        for side, other in (sides, sides[::-1]):
            column = _column(side, alias, table)
            if column is not None and not any(_column({k: b}, alias, table) for k, b in walk(other)):
                yield column, not any(_column({k: b}, *item) for k, b in walk(other) for item in others)
    elif atom.get("SubLink", {}).get("subLinkType") == "ANY_SUBLINK" and "operName" not in atom["SubLink"]:
        column = _column(atom["SubLink"].get("testexpr", {}), alias, table)
        if column is not None:
            yield column, True


def _column(node: Node, alias: str, table: Table) -> str | None:
    parts = names(node.get("ColumnRef", {}).get("fields"))
    mine = len(parts) == 1 or (len(parts) > 1 and parts[-2] == alias)
    return parts[-1] if mine and any(c.name == parts[-1] for c in table.columns) else None
