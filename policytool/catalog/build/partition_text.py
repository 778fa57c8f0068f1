"""The expressions inside the text of a partition key, and the text with them changed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from policytool.catalog.expression.deparse import deparse
from policytool.catalog.spelling import identifier, qualified
from policytool.syntax.raw import Unparsable, parse


@functools.lru_cache(maxsize=1024)
def _elements(key: str) -> tuple[dict[str, Any], ...]:
    """The elements of a key, read as those of an index, which are written alike."""
    try:
        statement = parse(f"create index on t {key.partition(' ')[2]}")[0].stmt["IndexStmt"]
    except (Unparsable, KeyError, IndexError):
        return ()
    return tuple(element["IndexElem"] for element in statement["indexParams"])


def key_expressions(key: str) -> list[str]:
    """The columns and expressions of a partition key."""
    return [_text(element) for element in _elements(key)]


def _text(element: dict[str, Any]) -> str:
    return identifier(element["name"]) if "name" in element else deparse(element["expr"])


def changed_key(key: str, change: Callable[[str], str]) -> str:
    """A partition key with its columns and expressions changed; the same text where none is."""
    before = key_expressions(key)
    after = [change(text) for text in before]
    if after == before:
        return key
    parts = []
    for element, text in zip(_elements(key), after, strict=True):
        # Only what looks like a function call stands without parentheses of its own.
        bare = "name" in element or "FuncCall" in element["expr"]
        words = [text if bare else f"({text})"]
        if "collation" in element:
            words += ["COLLATE", _name(element["collation"])]
        if "opclass" in element:
            words.append(_name(element["opclass"]))
        parts.append(" ".join(words))
    return f"{key.partition(' ')[0]} ({', '.join(parts)})"


def _name(nodes: list[dict[str, Any]]) -> str:
    parts = [node["String"]["sval"] for node in nodes]
    return qualified(parts[-2] if len(parts) > 1 else None, parts[-1])
