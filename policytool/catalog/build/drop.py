"""DROP, for every kind of object, and its true consequences."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.state import Kind, State
from policytool.catalog.model import Name


def drop_item(state: State, kind: Kind, key: Any, cascade: bool) -> None:
    """Drop one object with what depends on it; Refused when something does and `cascade` is off."""
    raise NotImplementedError


def drop_column(state: State, table: Name, column: str, cascade: bool) -> None:
    """Drop a column of a table with what depends on it."""
    raise NotImplementedError


def drop_constraint(state: State, table: Name, name: str, cascade: bool) -> None:
    """Drop a constraint of a table, its index, and the foreign keys that lean on it."""
    raise NotImplementedError


HANDLERS: dict[str, Handler] = {}
