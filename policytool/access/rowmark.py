"""Marks, in the parse tree of a policy, the columns of the row that is judged, so that no sub-query can hide them.

Canonical text names the row's columns plainly at the top and as `table.column` inside a sub-query (where a name that
the sub-query itself offers wins, as in Postgres). After marking, such a column is ROW.column wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from policytool.syntax.node import names, walk

Node = Mapping[str, Any]
ROW = "\0row"
Replace = Callable[[tuple[str, ...], frozenset[str]], Node | None]


def mark(node: Node, table: str) -> dict[str, Any]:
    """A copy of the expression in which the columns of `table`'s row are ROW.column."""

    def replace(name: tuple[str, ...], aliases: frozenset[str]) -> Node | None:
        if len(name) == 1:
            return None if aliases else row_column(name[0])
        own = name[-2] == table and name[-2] not in aliases
        return row_column(name[-1]) if own else None

    return rewrite(node, replace)


def row_column(name: str) -> dict[str, Any]:
    """A reference to a column of the row."""
    return {"ColumnRef": {"fields": [{"String": {"sval": ROW}}, {"String": {"sval": name}}]}}


def marked_column(node: Node) -> str | None:
    """The name of the row's column that a marked node is, through casts; None for anything else."""
    while "TypeCast" in node:
        node = node["TypeCast"].get("arg", {})
    match node:
        case {"ColumnRef": {"fields": [{"String": {"sval": "\0row"}}, {"String": {"sval": name}}]}}:
            return str(name)
    return None


def mentions_row(node: object) -> bool:
    """Whether a marked expression or query says anything of the row."""
    return any(kind == "ColumnRef" and marked_column({kind: body}) is not None for kind, body in walk(node))


def rewrite(node: Node, replace: Replace, aliases: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A copy with column references replaced; `replace` is told the names that enclosing sub-queries offer."""
    copied: dict[str, Any] = {}
    for key, value in node.items():
        if key == "ColumnRef":
            found = replace(names(value.get("fields")), aliases)
            if found is not None:
                return dict(found)
        inner = aliases
        if key == "SelectStmt" and isinstance(value, dict):
            inner = aliases | frozenset(offered(value))
        copied[key] = _copy(value, replace, inner)
    return copied


def _copy(value: Any, replace: Replace, aliases: frozenset[str]) -> Any:
    if isinstance(value, dict):
        # The sides of a UNION are bodies without their kind.
        if "larg" in value or "fromClause" in value:
            aliases = aliases | frozenset(offered(value))
        return rewrite(value, replace, aliases)
    if isinstance(value, list):
        return [_copy(item, replace, aliases) for item in value]
    return value


def offered(select: Node) -> Iterator[str]:
    """The names by which a query's own FROM can be referred to; "" too, so that one without FROM still counts."""
    yield ""
    for item in select.get("fromClause", ()):
        yield from _names_of(item)


def _names_of(item: Node) -> Iterator[str]:
    match item:
        case {"RangeVar": body}:
            yield body.get("alias", {}).get("aliasname") or body.get("relname", "")
        case {"JoinExpr": body}:
            yield from _names_of(body.get("larg", {}))
            yield from _names_of(body.get("rarg", {}))
        case {"RangeSubselect": body} | {"RangeFunction": body}:
            yield body.get("alias", {}).get("aliasname", "")


def relations(select: Node) -> Iterator[tuple[str, str | None, str]]:
    """(name in the query, schema or None, table) of each table that a query's own FROM reads."""
    for item in select.get("fromClause", ()):
        yield from _relations_of(item)


def _relations_of(item: Node) -> Iterator[tuple[str, str | None, str]]:
    match item:
        case {"RangeVar": body}:
            name = body.get("relname", "")
            yield body.get("alias", {}).get("aliasname") or name, body.get("schemaname"), name
        case {"JoinExpr": body}:
            yield from _relations_of(body.get("larg", {}))
            yield from _relations_of(body.get("rarg", {}))


def join_conditions(select: Node) -> Iterator[Node]:
    """The ON conditions of a query's own FROM."""
    for item in select.get("fromClause", ()):
        yield from _conditions_of(item)


def _conditions_of(item: Node) -> Iterator[Node]:
    match item:
        case {"JoinExpr": body}:
            yield from _conditions_of(body.get("larg", {}))
            yield from _conditions_of(body.get("rarg", {}))
            if "quals" in body:
                yield body["quals"]
