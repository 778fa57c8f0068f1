"""The conditions that an expression joins by AND, at its top and inside, each as text and as the rest without it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from policytool.catalog.expression.deparse import deparse
from policytool.syntax.fragments import parse_expression

Node = dict[str, Any]
Path = tuple[str | int, ...]


class Without(Struct, frozen=True, kw_only=True):
    """An expression without one of its conditions."""

    dropped: str
    text: str


def conjuncts(text: str) -> tuple[str, ...]:
    """The conditions that must all hold; the expression itself where it is no AND."""
    node = parse_expression(text)
    if node is None:
        return (text,)
    return tuple(deparse(part) for part in _flat(node))


def without_each(text: str) -> Iterator[Without]:
    """The expression without each condition in turn: of its own AND, of those inside it, and of its sub-queries."""
    node = parse_expression(text)
    if node is None:
        return
    seen = {deparse(node)}
    for path in _ands(node, ()):
        whole = copy.deepcopy(node)
        holder, key = _holder(whole, path)
        dropped = deparse(holder.pop(key))
        _tidy(whole, path[:-3] if path[-1] != "whereClause" else None)
        rest = deparse(whole)
        if rest not in seen:
            seen.add(rest)
            yield Without(dropped=dropped, text=rest)


def _flat(node: Node) -> Iterator[Node]:
    body = node.get("BoolExpr", {})
    if body.get("boolop") == "AND_EXPR":
        for part in body["args"]:
            yield from _flat(part)
    else:
        yield node


def _ands(node: object, path: Path) -> Iterator[Path]:
    """The ways to every argument of an AND, and to every WHERE that is a single condition."""
    if isinstance(node, list):
        for at, item in enumerate(node):
            yield from _ands(item, (*path, at))
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "BoolExpr" and value.get("boolop") == "AND_EXPR":
                yield from ((*path, key, "args", at) for at in range(len(value["args"])))
            if key == "whereClause" and value.get("BoolExpr", {}).get("boolop") != "AND_EXPR":
                yield (*path, key)
            yield from _ands(value, (*path, key))


def _holder(node: Any, path: Path) -> tuple[Any, Any]:
    for key in path[:-1]:
        node = node[key]
    return node, path[-1]


def _tidy(whole: Node, path: Path | None) -> None:
    """An AND of which one condition is left is that condition."""
    if path is None:
        return
    node: Any = whole
    for key in path:
        node = node[key]
    arguments = node["BoolExpr"]["args"]
    if len(arguments) == 1:
        (only,) = arguments
        node.clear()
        node.update(only)
