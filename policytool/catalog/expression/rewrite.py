"""From a parse tree as written to that of its canonical form, with the type of every value where known."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from policytool.catalog.expression.names import Node
from policytool.catalog.expression.scope import Scope
from policytool.catalog.expression.types import type_name

Typed = tuple[Node, str | None]
Body = dict[str, Any]
Rewriter = Callable[[Body, Scope], Typed]


def rewrite(node: Node, scope: Scope) -> Typed:
    """The canonical tree of an expression and its type, None where that is not known."""
    for kind, body in node.items():
        handler = _rewriters().get(kind)
        return handler(body, scope) if handler is not None else ({kind: untyped(body, scope)}, None)
    return node, None


def value(node: Node, scope: Scope) -> Node:
    """The canonical tree of an expression."""
    return rewrite(node, scope)[0]


def values(nodes: Iterable[Node], scope: Scope) -> list[Node]:
    """The canonical trees of several expressions."""
    return [rewrite(node, scope)[0] for node in nodes]


def untyped(body: Any, scope: Scope) -> Any:
    """Whatever a node of no particular kind holds, with the expressions in it rewritten."""
    if isinstance(body, list):
        return [untyped(item, scope) for item in body]
    if not isinstance(body, dict):
        return body
    if len(body) == 1:
        (kind,) = body
        handler = _rewriters().get(kind)
        if handler is not None:
            return handler(body[kind], scope)[0]
    made = {key: untyped(item, scope) for key, item in body.items() if key not in ("location", "typeName")}
    if "typeName" in body:
        made |= {"typeName": {"spelled": type_name(body["typeName"], scope.names)}}
    return made


@functools.cache
def _rewriters() -> Mapping[str, Rewriter]:
    # The parts call back into this module, so they are imported on first use.
    from policytool.catalog.expression import (
        rewrite_calls,
        rewrite_dml,
        rewrite_operators,
        rewrite_query,
        rewrite_values,
    )

    rewriters: dict[str, Rewriter] = {}
    for part in (rewrite_calls, rewrite_dml, rewrite_operators, rewrite_query, rewrite_values):
        rewriters |= part.REWRITERS
    return rewriters
