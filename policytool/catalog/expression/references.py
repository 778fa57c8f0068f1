"""What a canonical expression or query refers to."""

from __future__ import annotations

import functools
from typing import Any

from msgspec import Struct

from policytool.catalog.expression.parsing import parsed
from policytool.catalog.model import Name


class References(Struct, frozen=True):
    """The objects that an expression names; own columns are those of the table it belongs to."""

    tables: frozenset[Name] = frozenset()
    columns: frozenset[tuple[str, str, str]] = frozenset()
    functions: frozenset[Name] = frozenset()
    types: frozenset[Name] = frozenset()
    own_columns: frozenset[str] = frozenset()


@functools.lru_cache(maxsize=16384)
def references(text: str) -> References:
    """The references of a canonical text; none where it cannot be parsed."""
    node = parsed(text)
    tables: set[Name] = set()
    functions: set[Name] = set()
    own: set[str] = set()
    _walk(node, tables, functions, own)
    return References(frozenset(tables), frozenset(), frozenset(functions), frozenset(), frozenset(own))


def _walk(node: Any, tables: set[Name], functions: set[Name], own: set[str]) -> None:
    if isinstance(node, list):
        for item in node:
            _walk(item, tables, functions, own)
    elif isinstance(node, dict):
        if "relname" in node and "schemaname" in node:
            tables.add((node["schemaname"], node["relname"]))
        if len(node.get("funcname", ())) > 1:
            functions.add((node["funcname"][-2]["String"]["sval"], node["funcname"][-1]["String"]["sval"]))
        if len(node.get("fields", ())) == 1 and "String" in node["fields"][0]:
            own.add(node["fields"][0]["String"]["sval"])
        for value in node.values():
            _walk(value, tables, functions, own)
