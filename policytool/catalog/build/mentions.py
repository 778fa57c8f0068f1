"""What an expression or a query names beside its own table, taken to exist where no migration made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from policytool.catalog.build import assume
from policytool.catalog.build.nodes import Node
from policytool.catalog.build.state import State
from policytool.catalog.expression.references import references
from policytool.catalog.model import Name

_SYSTEM_SCHEMAS: Final = frozenset({"pg_catalog", "information_schema", "pg_toast", "pg_temp"})
_SYSTEM_COLUMNS: Final = frozenset({"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"})


def assume_relations(state: State, node: Any) -> None:
    """Take every relation that a parse tree names to exist."""
    for range_var in _relations(node, frozenset()):
        schema, name = range_var.get("schemaname"), range_var["relname"]
        system = schema in _SYSTEM_SCHEMAS or (schema is None and name.startswith("pg_"))
        if not system and state.find_relation(schema, name) is None:
            assume.table(state, range_var)


def own_columns(state: State, table: Name, text: str) -> None:
    """Check the columns that a canonical text without sub-queries takes from its table; an assumed table gets them."""
    _check(state, table, sorted(references(text).own_columns))


def columns_of(state: State, table: Name, expression: Node) -> None:
    """The same for a parse tree, which may hold sub-queries."""
    _check(state, table, _own(expression, table[1], inside=False))


def _check(state: State, table: Name, names: Iterable[str]) -> None:
    named = dict.fromkeys(names)
    assume.columns(state, table, (name for name in named if name not in _SYSTEM_COLUMNS and name != table[1]))


def _own(node: Any, table: str, *, inside: bool) -> Iterator[str]:
    """Columns that can only be of the table: all outside sub-queries, and those qualified with its name inside."""
    if isinstance(node, list):
        for item in node:
            yield from _own(item, table, inside=inside)
    elif isinstance(node, dict):
        match node:
            case {"ColumnRef": {"fields": [{"String": {"sval": str(name)}}]}}:
                if not inside:
                    yield name
            case {"ColumnRef": {"fields": [{"String": {"sval": str(first)}}, {"String": {"sval": str(name)}}]}}:
                if first == table:
                    yield name
            case {"SelectStmt": query} if table in _from_names(query.get("fromClause", [])):
                return
            case _:
                deeper = inside or "SelectStmt" in node
                for value in node.values():
                    yield from _own(value, table, inside=deeper)


def _from_names(node: Any) -> Iterator[str]:
    """The names that a FROM clause gives its relations."""
    if isinstance(node, list):
        for item in node:
            yield from _from_names(item)
    elif isinstance(node, dict):
        if "alias" in node:
            yield node["alias"]["aliasname"]
        elif "relname" in node:
            yield node["relname"]
        for key, value in node.items():
            if key != "subquery":
                yield from _from_names(value)


def _relations(node: Any, hidden: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The RangeVars of a tree that are no names of a WITH query in sight."""
    if isinstance(node, list):
        for item in node:
            yield from _relations(item, hidden)
    elif isinstance(node, dict):
        if "relname" in node and "schemaname" not in node and node["relname"] in hidden:
            return
        if "relname" in node:
            yield node
        if "withClause" in node:
            hidden = hidden | {cte["CommonTableExpr"]["ctename"] for cte in node["withClause"]["ctes"]}
        for value in node.values():
            if isinstance(value, dict | list):
                yield from _relations(value, hidden)
