"""The names that Postgres invents for constraints, indexes and sequences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from policytool.catalog.build.state import State
from policytool.catalog.expression.figure import UNNAMED, figure

Node = dict[str, Any]
MAX_BYTES = 63  # NAMEDATALEN - 1


def clip(name: str, size: int) -> str:
    """The first `size` bytes of a name, never half a character (pg_mbcliplen)."""
    if len(name) <= size // 4:
        return name
    raw = name.encode()
    return name if len(raw) <= size else raw[:size].decode(errors="ignore")


def object_name(first: str, second: str | None, label: str | None) -> str:
    """`first_second_label`, the longer of the first two shortened until all fit (makeObjectName)."""
    room = MAX_BYTES - (len(label.encode()) + 1 if label else 0) - (1 if second is not None else 0)
    one, two = len(first.encode()), len(second.encode()) if second is not None else 0
    while one + two > room:
        if one > two:
            one -= 1
        else:
            two -= 1
    parts = [clip(first, one)]
    if second is not None:
        parts.append(clip(second, two))
    if label:
        parts.append(label)
    return "_".join(parts)


def relation_name(
    state: State, schema: str, first: str, second: str | None, label: str, *, constraint: bool = False
) -> str:
    """An object_name that no relation of the schema has, nor, for a constraint's index, any constraint there."""

    def taken(name: str) -> bool:
        key = (schema, name)
        return state.relation_kind(key) is not None or (constraint and key in state.lookup.constraints)

    return _first_free(first, second, label, taken)


def constraint_name(
    state: State, schema: str, first: str, second: str | None, label: str, others: Iterable[str] = ()
) -> str:
    """An object_name that no constraint of the schema has (ChooseConstraintName)."""
    return _first_free(first, second, label, lambda n: n in others or (schema, n) in state.lookup.constraints)


def _first_free(first: str, second: str | None, label: str, taken: Callable[[str], bool]) -> str:
    name, attempt = object_name(first, second, label), 0
    while taken(name):
        attempt += 1
        name = object_name(first, second, f"{label}{attempt}")
    return name


def index_name(
    state: State, schema: str, table: str, columns: Sequence[str], kind: str | None = None, *, constraint: bool = False
) -> str:
    """The name of an index without one; `kind` is PRIMARY KEY, UNIQUE or EXCLUDE for what serves a constraint."""
    match kind:
        case "PRIMARY KEY":
            return relation_name(state, schema, table, None, "pkey", constraint=True)
        case "EXCLUDE":
            return relation_name(state, schema, table, joined(columns), "excl", constraint=True)
        case "UNIQUE" if constraint:
            return relation_name(state, schema, table, joined(columns), "key", constraint=True)
        case _:
            return relation_name(state, schema, table, joined(columns), "idx")


def joined(columns: Sequence[str]) -> str:
    """Column names joined by `_` until they would not fit anyway (ChooseIndexNameAddition)."""
    text, size = "", 0
    for column in columns:
        if size:
            text, size = text + "_", size + 1
        text += column
        size += len(column.encode())
        if size > MAX_BYTES:
            break
    return text


def index_columns(elements: Iterable[Node]) -> list[str]:
    """The column names of an index by its IndexElem nodes: made unique by a number (ChooseIndexColumnNames)."""
    names: list[str] = []
    for element in elements:
        name = element.get("indexcolname") or element.get("name") or index_column(element.get("expr", {})) or "expr"
        names.append(distinct(name, names))
    return names


def distinct(name: str, others: Sequence[str]) -> str:
    """The name, with the first number that makes it unlike the others."""
    attempt, unique = 0, name
    while unique in others:
        attempt += 1
        unique = clip(name, MAX_BYTES - len(str(attempt))) + str(attempt)
    return unique


def index_column(node: Node) -> str | None:
    """The name an expression gives to its index column; None where it has none of its own (FigureIndexColname)."""
    name = figure(node)
    return None if name == UNNAMED else name
