"""The conditions that an expression joins by AND, at its top and inside, each as text and as the rest without it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from policytool.catalog.expression.deparse import deparse
from policytool.catalog.model import Name
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import walk

Node = dict[str, Any]
Path = tuple[str | int, ...]


class Without(Struct, frozen=True, kw_only=True):
    """An expression without one of its conditions.

    `beside` are the conditions that are still joined to it, `sources` the relations of the sub-queries around it, by
    the names that they have there.
    """

    dropped: str
    text: str
    condition: Node
    beside: tuple[Node, ...]
    sources: Mapping[str, Name]


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
        condition = holder.pop(key)
        beside = tuple(copy.deepcopy(holder)) if isinstance(holder, list) else ()
        if isinstance(holder, list):
            _tidy(whole, path[:-3])
        rest = deparse(whole)
        if rest not in seen:
            seen.add(rest)
            sources = dict(_sources(node, path))
            yield Without(dropped=deparse(condition), text=rest, condition=condition, beside=beside, sources=sources)


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


def _sources(node: Any, path: Path) -> Iterator[tuple[str, Name]]:
    """The relations of the queries that one passes on a way, the outer ones first."""
    for key in path:
        node = node[key]
        if key == "SelectStmt":
            for kind, body in walk(node.get("fromClause", [])):
                if kind == "RangeVar" and "schemaname" in body:
                    alias = body.get("alias", {}).get("aliasname", body["relname"])
                    yield alias, (body["schemaname"], body["relname"])


def _tidy(whole: Node, path: Path) -> None:
    """An AND of which one condition is left is that condition."""
    node: Any = whole
    for key in path:
        node = node[key]
    arguments = node["BoolExpr"]["args"]
    if len(arguments) == 1:
        (only,) = arguments
        node.clear()
        node.update(only)
