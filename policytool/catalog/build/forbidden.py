"""What an expression must not hold where it stands: sub-queries, and columns in a default."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.nodes import Node
from policytool.catalog.build.state import Refused


def no_subquery(node: Node, where: str) -> None:
    """Refuse a sub-query in a check constraint, an index, a default or a generated column."""
    if _holds(node, "SubLink"):
        raise Refused("0A000", f"cannot use subquery in {where}")


def no_column(node: Node) -> None:
    """Refuse a column in a DEFAULT."""
    if _holds(node, "ColumnRef"):
        raise Refused("0A000", "cannot use column reference in DEFAULT expression")


def _holds(node: Any, kind: str) -> bool:
    if isinstance(node, list):
        return any(_holds(item, kind) for item in node)
    if isinstance(node, dict):
        return kind in node or any(_holds(value, kind) for value in node.values() if isinstance(value, dict | list))
    return False
