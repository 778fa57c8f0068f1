"""Comparisons that have the same column on both sides, and what their author meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policytool.access.branches import operator_of
from policytool.access.identity import Identities
from policytool.access.rowmark import ROW, mentions_row, offered, relations
from policytool.catalog.expression.deparse import deparse
from policytool.catalog.model import Table
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import names, unwrapped

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
_KINDS = {"AEXPR_OP": ("=", "<=", ">="), "AEXPR_NOT_DISTINCT": ("=",)}
_NEVER = {"AEXPR_OP": ("<>", "<", ">"), "AEXPR_DISTINCT": ("=",)}


class SelfComparison(Struct, frozen=True, kw_only=True):
    """One of them. `inside`: of a sub-query's own column. `tied`: other conditions there ask about the row."""

    column: str
    never: bool = False  # <> and its like: no row passes
    inside: bool = False
    nullable: bool = False
    tied: bool = False


def self_comparisons(text: str, table: Table, access: Access) -> Iterator[SelfComparison]:
    """Those of an expression over the rows of a table."""
    says = access.analyst.predicate(text, table)
    nullable = {c.name for c in table.columns if not c.not_null}
    for name, never, select in access.analyst.kept(says, "compared with itself", lambda: list(_found(says.node))):
        if name[0] == ROW:
            yield SelfComparison(column=name[-1], never=never, nullable=name[-1] in nullable)
        elif select is not None:
            tied = _tied(select, name, Identities(access.helpers))
            yield SelfComparison(column=".".join(name), never=never, inside=True, tied=tied)


def mended(text: str, table: Table, access: Access) -> str | None:
    """The expression with the row's column on one side where a sub-query compares its own with itself."""
    node = parse_expression(text)
    found = _mended(node, frozenset(), (), table, access) if node is not None else None
    return None if found is None or found == node else deparse(found)


def _found(node: Any) -> Iterator[tuple[tuple[str, ...], bool, Node | None]]:
    """The column, whether it can never hold, and the query around it."""
    for body, select in _expressions(node, None):
        name, never = _same(body)
        if name:
            yield name, never, select


def _expressions(node: Any, select: Node | None) -> Iterator[tuple[Node, Node | None]]:
    """Every operator expression with the query that it stands in."""
    if isinstance(node, list):
        for item in node:
            yield from _expressions(item, select)
    elif isinstance(node, dict):
        if "A_Expr" in node:
            yield node["A_Expr"], select
        for key, value in node.items():
            inner = value if isinstance(value, dict) and (key == "SelectStmt" or "fromClause" in value) else select
            yield from _expressions(value, inner)


def _same(body: Node) -> tuple[tuple[str, ...], bool]:
    """The column on both sides of a comparison, and whether it can never hold."""
    left, right = (
        names(unwrapped(body.get(side, {})).get("ColumnRef", {}).get("fields")) for side in ("lexpr", "rexpr")
    )
    kind, op = body.get("kind", "AEXPR_OP"), operator_of(body)
    never = op in _NEVER.get(kind, ())
    return (left if left == right and (never or op in _KINDS.get(kind, ())) else ()), never


def _tied(select: Node, name: tuple[str, ...], identities: Identities) -> bool:
    """Whether every branch that holds the comparison asks about the row elsewhere."""
    branches = [b for b in identities.conditions(select) if any(_same(a.get("A_Expr", {}))[0] == name for a in b)]
    return all(any(map(mentions_row, branch)) for branch in branches) if branches else mentions_row(select)


def _mended(node: Any, hidden: frozenset[str], around: tuple[Node, ...], table: Table, access: Access) -> Any:
    if isinstance(node, list):
        return [_mended(item, hidden, around, table, access) for item in node]
    if not isinstance(node, dict):
        return node
    if "fromClause" in node:
        hidden, around = hidden | frozenset(offered(node)), (*around, node)
    if "A_Expr" in node and around and table.name not in hidden:
        name = _same(node["A_Expr"])[0]
        meant = _meant(name, around[-1], table, access) if len(name) == 2 else None
        if meant is not None:
            outer = {"ColumnRef": {"fields": [{"String": {"sval": part}} for part in (table.name, meant)]}}
            return {"A_Expr": {**node["A_Expr"], "rexpr": outer}}
    return {key: _mended(value, hidden, around, table, access) for key, value in node.items()}


def _meant(name: tuple[str, ...], select: Node, table: Table, access: Access) -> str | None:
    """The column of the row: of the same name, else the one that the sub-query's column refers to."""
    if any(c.name == name[1] for c in table.columns):
        return name[1]
    key = (table.schema, table.name)
    for alias, schema, relation in relations(select):
        inner = access.helpers.relation(schema, relation) if alias == name[0] else None
        references = [c for c in inner.constraints if c.columns == (name[1],)] if isinstance(inner, Table) else []
        for reference in (c.reference for c in references):
            if reference is not None and (reference.schema, reference.table) == key:
                return reference.columns[0]
    return None
