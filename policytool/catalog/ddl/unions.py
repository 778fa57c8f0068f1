"""The types of constants in the first part of a UNION: a definition does not say them, and the columns have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.model import Column
from policytool.syntax.fragments import parse_query

_COMBINED: Final = re.compile(r"\b(?:UNION|INTERSECT|EXCEPT)\b")
_CONSTANT: Final = re.compile(r"NULL\b|[eE]?'(?:[^']|'')*'(?!::)")


def typed(definition: str, columns: tuple[Column, ...]) -> str:
    """A query in which bare constants of its first part are cast to what the view's columns are."""
    tree = parse_query(definition) if _COMBINED.search(definition) else None
    if tree is None:
        return definition
    text = definition.encode()
    for offset, column in sorted(_constants(tree, columns), key=lambda one: -one[0]):
        found = _CONSTANT.match(text[offset:].decode())
        if found is not None:
            end = offset + len(found[0].encode())
            text = text[:end] + f"::{column.type}".encode() + text[end:]
    return text.decode()


def _constants(tree: dict[str, Any], columns: tuple[Column, ...]) -> Iterator[tuple[int, Column]]:
    """Where they are, and the columns that they begin."""
    body = tree.get("SelectStmt", tree)
    if "larg" not in body:
        return
    while "larg" in body:
        body = body["larg"]
    targets = body.get("targetList", ())
    if len(targets) == len(columns):
        for target, column in zip(targets, columns, strict=True):
            constant = target["ResTarget"].get("val", {}).get("A_Const")
            if constant is not None and ("isnull" in constant or "sval" in constant):
                yield constant.get("location", 0), column
