"""Views that one can write through, and the tables that they write to (manual, CREATE VIEW, "Updatable Views")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from policytool.access.queries import aggregate
from policytool.access.row_filter import COMMANDS, Command
from policytool.catalog.model import Table, View
from policytool.syntax.fragments import parse_query
from policytool.syntax.node import range_var

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
WRITES: tuple[Command, ...] = tuple(c for c in COMMANDS if c != "SELECT")
_MORE = frozenset(
    {"withClause", "distinctClause", "groupClause", "havingClause", "limitCount", "limitOffset", "larg", "valuesLists",
     "windowClause"}
)  # fmt: skip
MAX_DEPTH = 8


def base_table(view: View, access: Access) -> tuple[View, Table] | None:
    """The table that writes to a view end in, and the view directly above it, as whose owner they are made there."""
    current = view
    for _ in range(MAX_DEPTH):
        name = None if current.materialized else _only_source(current)
        if name is None:
            return None
        table = access.catalog.tables.get(name)
        if table is not None:
            return current, table
        inner = access.catalog.views.get(name)
        if inner is None:
            return None
        current = inner
    return None


def commands(view: View) -> tuple[Command, ...]:
    """The commands that go through to the table. Those that a trigger or a rule takes over do not."""
    taken = {e for t in view.triggers if t.timing == "INSTEAD OF" for e in t.events} | {
        r.event for r in view.rules if " INSTEAD " in f" {r.definition} "
    }
    plain = _has_plain_column(view)
    return tuple(c for c in WRITES if c not in taken and (plain or c == "DELETE"))


def _select(view: View) -> Node:
    select: Node = (parse_query(view.definition) or {}).get("SelectStmt", {})
    return select


def _only_source(view: View) -> tuple[str, str] | None:
    select = _select(view)
    sources = select.get("fromClause", ())
    if len(sources) != 1 or "RangeVar" not in sources[0] or _MORE & select.keys():
        return None
    if _computed(select.get("targetList", [])):
        return None
    schema, name = range_var(sources[0])
    return None if schema is None else (schema, name)


def _computed(node: Any) -> bool:
    """Whether there is an aggregate or a window function in it, sub-queries left aside."""
    if isinstance(node, list):
        return any(_computed(item) for item in node)
    if not isinstance(node, dict) or "SubLink" in node:
        return False
    call = node.get("FuncCall")
    return (call is not None and (aggregate(call) or "over" in call)) or any(map(_computed, node.values()))


def _has_plain_column(view: View) -> bool:
    targets = (t.get("ResTarget", {}).get("val", {}) for t in _select(view).get("targetList", ()))
    return any("ColumnRef" in value for value in targets)
