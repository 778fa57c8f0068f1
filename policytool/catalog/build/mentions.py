"""What an expression or a query names beside its own table, taken to exist where no migration made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from policytool.catalog.build import assume
from policytool.catalog.build.nodes import Node
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.references import references
from policytool.catalog.model import Name

_SYSTEM_SCHEMAS: Final = frozenset({"pg_catalog", "information_schema", "pg_toast", "pg_temp"})
_BRANCHES: Final = (dict, list)
_SYSTEM_COLUMNS: Final = frozenset({"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"})


def assume_relations(state: State, node: Any) -> None:
    """Take every relation that a parse tree names to exist."""
    for range_var in _relations(node):
        schema, name = range_var.get("schemaname"), range_var["relname"]
        system = schema in _SYSTEM_SCHEMAS or (schema is None and name.startswith("pg_"))
        if not system and state.find_relation(schema, name) is None:
            assume.table(state, range_var)


def own_columns(state: State, table: Name, text: str) -> None:
    """Check the columns that a canonical text without sub-queries takes from its table; an assumed table gets them."""
    _check(state, table, sorted(references(text).own_columns))


def columns_of(state: State, table: Name, expression: Node) -> None:
    """The same for a parse tree, which may hold sub-queries. OLD and NEW are known to triggers and rules alone."""
    unknown = next((name for name in _qualifiers(expression) if name != table[1]), None)
    if unknown is not None:
        raise Refused("42P01", f'missing FROM-clause entry for table "{unknown}"')
    _check(state, table, _own(expression, table[1]))


def _check(state: State, table: Name, names: Iterable[str]) -> None:
    named = dict.fromkeys(names)
    assume.columns(state, table, (name for name in named if name not in _SYSTEM_COLUMNS and name != table[1]))


def _own(expression: Node, table: str) -> Iterator[str]:
    """Columns that can only be of the table: all outside sub-queries, and those qualified with its name inside."""
    stack: list[tuple[Any, bool]] = [(expression, False)]
    while stack:
        node, inside = stack.pop()
        if isinstance(node, list):
            stack.extend((item, inside) for item in reversed(node))
        elif "ColumnRef" in node:
            yield from _column(node["ColumnRef"]["fields"], table, inside)
        elif "SelectStmt" not in node:
            stack.extend((value, inside) for value in reversed(node.values()) if value.__class__ in _BRANCHES)
        elif table not in _from_names(node["SelectStmt"].get("fromClause", [])):
            stack.append((node["SelectStmt"], True))


def _qualifiers(expression: Node) -> Iterator[str]:
    """What stands before the point of table.column, outside sub-queries."""
    stack: list[Any] = [expression]
    while stack:
        node = stack.pop()
        if node.__class__ is list:
            stack.extend(reversed(node))
        elif "ColumnRef" in node:
            match node["ColumnRef"]["fields"]:
                case [{"String": {"sval": str(first)}}, _]:
                    yield first
        elif "SelectStmt" not in node:
            stack.extend(value for value in reversed(node.values()) if value.__class__ in _BRANCHES)


def _column(fields: list[Node], table: str, inside: bool) -> Iterator[str]:
    match fields:
        case [{"String": {"sval": str(name)}}] if not inside:
            yield name
        case [{"String": {"sval": str(first)}}, {"String": {"sval": str(name)}}] if first == table:
            yield name


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


def _relations(tree: Any) -> Iterator[Node]:
    """The RangeVars of a tree, from left to right, that are no names of a WITH query in sight."""
    stack: list[tuple[Any, frozenset[str]]] = [(tree, frozenset())]
    while stack:
        node, hidden = stack.pop()
        if node.__class__ is list:
            stack.extend((item, hidden) for item in reversed(node))
        elif "relname" in node:
            if "schemaname" in node or node["relname"] not in hidden:
                yield node
        elif node:
            if "withClause" in node:
                hidden = hidden | {cte["CommonTableExpr"]["ctename"] for cte in node["withClause"]["ctes"]}
            stack.extend((value, hidden) for value in reversed(node.values()) if value.__class__ in _BRANCHES)
