"""What an expression or a query names beside its own table, taken to exist where no migration made it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.build import assume
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
    """Check the columns that a canonical expression takes from its own table; an assumed table gets them."""
    if table not in state.tables:
        return
    named = references(text).own_columns - _SYSTEM_COLUMNS - {table[1]}
    assume.columns(state, table, sorted(named))


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
