"""One column of a table: found, changed, and followed to the tables that inherit it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from policytool.catalog.build import assume, partition_keys
from policytool.catalog.build.nodes import Node
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Column, Name


def find(state: State, key: Name, name: str) -> Column:
    """A column of a table; on an assumed table it is assumed, too."""
    assume.columns(state, key, [name])
    return next(c for c in state.tables[key].columns if c.name == name)


def change(state: State, key: Name, name: str, **changes: Any) -> None:
    """Change fields of a column."""
    changes["changed"] = state.at
    found = state.tables[key].columns
    state.update("tables", key, columns=tuple(replace(c, **changes) if c.name == name else c for c in found))


def below(state: State, key: Name, command: Node, name: str) -> list[Name]:
    """The tables that the sub-command goes on to: none with ONLY."""
    children = () if command["only"] else state.lookup.children.get(key, ())
    return [child for child in children if any(c.name == name for c in state.tables[child].columns)]


def require_no_partition_key(state: State, key: Name, name: str, verb: str) -> None:
    """A column of the partition key can be neither dropped nor given another type."""
    text = state.tables[key].partition_key
    if text is not None and name in partition_keys.columns(text):
        raise Refused("42P16", f'cannot {verb} column "{name}" because it is part of the partition key of "{key[1]}"')
