"""Partition keys and bounds: their text, as Postgres shows them, and the columns in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, Final

from policytool.catalog.build.nodes import Node, split_name
from policytool.catalog.expression.deparse import deparse
from policytool.catalog.spelling import identifier, literal, qualified
from policytool.syntax.raw import Unparsable, parse

_STRATEGY: Final = {
    "PARTITION_STRATEGY_RANGE": "RANGE",
    "PARTITION_STRATEGY_LIST": "LIST",
    "PARTITION_STRATEGY_HASH": "HASH",
}
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d\Z")


def key_text(node: Node, expression: Callable[[Node], str], opclass: Callable[[str, Node], str | None]) -> str:
    """The text of a PARTITION BY clause (pg_get_partkeydef)."""
    strategy = _STRATEGY[node["strategy"]]
    method = "hash" if strategy == "HASH" else "btree"
    parts = []
    for element in (p["PartitionElem"] for p in node["partParams"]):
        text = identifier(element["name"]) if "name" in element else _wrapped(element["expr"], expression)
        if "collation" in element:
            schema, name = split_name(element["collation"])
            text += f" COLLATE {qualified(None if schema == 'pg_catalog' else schema, name)}"
        chosen = opclass(method, element)
        parts.append(f"{text} {chosen}" if chosen else text)
    return f"{strategy} ({', '.join(parts)})"


def _wrapped(node: Node, expression: Callable[[Node], str]) -> str:
    # Only what looks like a function call stands without parentheses of its own.
    text = expression(node)
    return text if "FuncCall" in node else f"({text})"


@functools.lru_cache(maxsize=4096)
def columns(key: str) -> tuple[str | None, ...]:
    """The columns of a partition key by its text; None for an expression."""
    _, _, inside = key.partition(" ")
    try:
        statement = parse(f"create index on t {inside}")[0].stmt["IndexStmt"]
    except (Unparsable, KeyError, IndexError):
        return ()
    return tuple(e["IndexElem"].get("name") for e in statement["indexParams"])


@functools.lru_cache(maxsize=4096)
def expressions(key: str) -> tuple[str, ...]:
    """The expressions of a partition key by its text."""
    _, _, inside = key.partition(" ")
    try:
        statement = parse(f"create index on t {inside}")[0].stmt["IndexStmt"]
    except (Unparsable, KeyError, IndexError):
        return ()
    return tuple(deparse(e["IndexElem"]["expr"]) for e in statement["indexParams"] if "expr" in e["IndexElem"])


def bound_text(node: Node, types: tuple[str | None, ...], expression: Callable[[Node], str]) -> str:
    """The text of FOR VALUES, by the types of the parent's key columns (pg_get_expr of relpartbound)."""
    if node.get("is_default"):
        return "DEFAULT"
    match node.get("strategy"):
        case "h":
            return f"FOR VALUES WITH (modulus {node.get('modulus', 0)}, remainder {node.get('remainder', 0)})"
        case "l":
            kind = types[0] if types else None
            return f"FOR VALUES IN ({', '.join(_value(v, kind, expression) for v in node['listdatums'])})"
    ends = (_values(node[f"{end}datums"], types, expression) for end in ("lower", "upper"))
    return "FOR VALUES FROM ({}) TO ({})".format(*ends)


def _values(values: list[Node], types: tuple[str | None, ...], expression: Callable[[Node], str]) -> str:
    kinds = (*types, *([None] * len(values)))
    return ", ".join(_value(value, kind, expression) for value, kind in zip(values, kinds, strict=False))


def _value(node: Node, kind: str | None, expression: Callable[[Node], str]) -> str:
    match node:
        case {"ColumnRef": {"fields": [{"String": {"sval": "minvalue" | "maxvalue" as word}}]}}:
            return str(word).upper()
        case {"A_Const": constant}:
            return _constant(constant, kind)
        case {"TypeCast": {"arg": {"A_Const": constant}}}:
            return _constant(constant, kind)
    return expression(node)


def _constant(constant: dict[str, Any], kind: str | None) -> str:
    if constant.get("isnull"):
        return "NULL"
    if "boolval" in constant:
        return "true" if constant["boolval"].get("boolval") else "false"
    number = "sval" not in constant
    text = str(
        next(iter(constant[k].get(k, 0 if k == "ival" else "") for k in ("sval", "ival", "fval") if k in constant))
    )
    bare = (
        kind in ("integer", "numeric")
        or (kind is not None and kind.startswith("numeric("))
        or (number and kind is None)
    )
    if bare and not text.startswith("-"):
        return text
    return literal(_dated(text, kind))


def _dated(text: str, kind: str | None) -> str:
    """A day as the timestamp that it stands for, in UTC."""
    if kind is None or not kind.startswith("timestamp") or not _DAY.match(text):
        return text
    return f"{text} 00:00:00+00" if kind.endswith("with time zone") else f"{text} 00:00:00"
