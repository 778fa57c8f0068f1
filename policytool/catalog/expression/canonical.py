"""Canonical text of expressions and queries: the same for what a migration says and for what a server shows of it."""

from __future__ import annotations

from typing import Any

from policytool.catalog.expression.deparse import deparse
from policytool.catalog.expression.names import Names, Node, Relation
from policytool.catalog.expression.types import type_name
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
    return deparse(_resolve(node, names, frozenset()))


def canonical_query(node: Node, names: Names, *, extra: tuple[Relation, ...] = ()) -> str:
    """The canonical text of a query, such as the body of a view."""
    return deparse(_resolve(node, names, frozenset()))


def column_list(node: Node, names: Names, *, extra: tuple[Relation, ...] = ()) -> tuple[tuple[str, str | None], ...]:
    """The names and, where known, the types of the columns that a query puts out."""
    targets = node.get("SelectStmt", {}).get("targetList", ())
    return tuple((str(t["ResTarget"].get("name", "?column?")), None) for t in targets)


def _resolve(node: Any, names: Names, ctes: frozenset[str]) -> Any:
    if isinstance(node, list):
        return [_resolve(item, names, ctes) for item in node]
    if not isinstance(node, dict):
        return node
    if "withClause" in node:
        ctes = ctes | {cte["CommonTableExpr"]["ctename"] for cte in node["withClause"]["ctes"]}
    result = {key: _resolve(value, names, ctes) for key, value in node.items() if key != "location"}
    if "relname" in node and ("schemaname" in node or node["relname"] not in ctes):
        found = names.relation(node.get("schemaname"), node["relname"])
        return {**result, "schemaname": found.schema} if found else result
    if "funcname" in node:
        return {**result, "funcname": _function(node, names)}
    if "typeName" in node:
        return {**result, "typeName": {"spelled": type_name(node["typeName"], names)}}
    return result


def _function(node: Node, names: Names) -> list[Node]:
    parts = [part["String"]["sval"] for part in node["funcname"]]
    if parts[0] == "pg_catalog" and len(parts) > 1:
        parts = parts[1:]
    found = names.function(parts[-2] if len(parts) > 1 else None, parts[-1], len(node.get("args", ())))
    if found and found[0] != "pg_catalog":
        parts = list(found)
    return [{"String": {"sval": part}} for part in parts]
