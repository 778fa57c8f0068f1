"""What objects of lesser kinds depend on, read from their names and definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.build.state import State
from policytool.catalog.build.stores import TYPE_KINDS
from policytool.catalog.objects import Other
from policytool.catalog.spelling import identifier, qualified

Link = tuple[tuple[str, str, str], bool]  # the key of a dependent, and whether it goes along without CASCADE
_ON_FUNCTIONS: Final = frozenset(
    {"access method", "cast", "language", "operator", "operator class", "text search parser", "text search template",
     "transform"}
)  # fmt: skip
_ON_TYPES: Final = frozenset({"cast", "operator", "operator class", "transform"})


def dependents(state: State, kind: str, key: Any, column: str | None = None) -> Iterator[Link]:
    """The objects among `state.others` that depend on an object, or on a column of it."""
    if not state.others:
        return
    for other_key, other in state.others.items():
        if _depends(other, kind, key, column):
            yield other_key, other.kind == "statistics"


def _depends(other: Other, kind: str, key: Any, column: str | None) -> bool:
    match kind:
        case "tables":
            return other.kind == "statistics" and _is_on(other, qualified(*key), column)
        case "servers":
            return other.kind == "user mapping" and other.name.endswith(f" SERVER {key}")
        case "functions":
            return other.kind in _ON_FUNCTIONS and _uses(other.definition, qualified(key[0], key[1]))
        case _ if kind in TYPE_KINDS:
            return other.kind in _ON_TYPES and _uses(f"{other.name} {other.definition}", qualified(*key))
    return False


def _is_on(other: Other, table: str, column: str | None) -> bool:
    head, _, far = other.definition.partition("; ")[0].rpartition(" FROM ")
    return far == table and (column is None or identifier(column) in re.split(r"[ ,()]+", head.partition("ON ")[2]))


def _uses(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w.\"$]){re.escape(name)}(?![\w.\"$])", text) is not None
