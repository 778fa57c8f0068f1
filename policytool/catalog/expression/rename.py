"""How a rename changes canonical text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from policytool.catalog.expression.deparse import deparse
from policytool.catalog.expression.names import Node
from policytool.catalog.expression.parsing import parsed
from policytool.catalog.model import Name

Change = Callable[[Node], Node]


def rename_column(text: str, table: Name, old: str, new: str, own: bool) -> str:
    """A column of `table` has a new name; `own` says that the text belongs to that table."""

    def change(node: Node) -> Node:
        fields = node.get("fields", ())
        if own and len(fields) == 1 and fields[0].get("String", {}).get("sval") == old:
            return {**node, "fields": [{"String": {"sval": new}}]}
        return node

    return _changed(text, change)


def rename_relation(text: str, old: Name, new: Name) -> str:
    """A table or view has a new name or schema."""

    def change(node: Node) -> Node:
        if node.get("relname") == old[1] and node.get("schemaname") == old[0]:
            return {**node, "schemaname": new[0], "relname": new[1]}
        return node

    return _changed(text, change)


def rename_function(text: str, old: Name, new: Name) -> str:
    """A function has a new name or schema."""
    return text


def rename_type(text: str, old: Name, new: Name) -> str:
    """A type has a new name or schema."""
    return text


def rename_schema(text: str, old: str, new: str) -> str:
    """A schema has a new name."""
    return text


def _changed(text: str, change: Change) -> str:
    node = parsed(text)
    return text if node is None else deparse(_apply(node, change))


def _apply(node: Any, change: Change) -> Any:
    if isinstance(node, list):
        return [_apply(item, change) for item in node]
    if isinstance(node, dict):
        return change({key: _apply(value, change) for key, value in node.items()})
    return node
