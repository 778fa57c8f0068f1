"""From a parse tree of libpg_query back to SQL text: one line, upper-case keywords, no more parentheses than needed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from policytool.catalog.expression.names import Node
from policytool.catalog.spelling import identifier

Handler = Callable[[dict[str, Any], int], str]

# How tightly operators bind, as in PostgreSQL's gram.y.
ANY_LEVEL: Final = 0
OR: Final = 1
AND: Final = 3
NOT: Final = 5
IS: Final = 7
COMPARE: Final = 9
MATCH: Final = 11  # BETWEEN, IN, LIKE
OTHER: Final = 13
PLUS: Final = 15
TIMES: Final = 17
POWER: Final = 19
AT: Final = 21
COLLATE: Final = 23
MINUS: Final = 25
SUBSCRIPT: Final = 27
CAST: Final = 29
ATOM: Final = 31
# A b_expr of the grammar may hold operators, but no AND, IN, LIKE, IS NULL, AT or COLLATE.
RESTRICTED: Final = MINUS


def deparse(node: Node) -> str:
    """The SQL text of an expression or of a query."""
    return write(node, ANY_LEVEL)


def write(node: Node, level: int) -> str:
    """The text of a node, in parentheses if it binds less tightly than `level`."""
    for kind, body in node.items():
        return _handlers()[kind](body, level)
    return ""


def listed(nodes: Iterable[Node], level: int = ANY_LEVEL) -> str:
    """Nodes separated by commas."""
    return ", ".join([write(node, level) for node in nodes])


def enclosed(text: str, binds: int, level: int) -> str:
    """The text, in parentheses if what it says binds less tightly than its surroundings."""
    return text if binds >= level else f"({text})"


def strings(nodes: Iterable[Node]) -> list[str]:
    """The plain strings of a list of String nodes."""
    return [node["String"].get("sval", "") for node in nodes]


def dotted(nodes: Iterable[Node]) -> str:
    """A qualified name from a list of String nodes."""
    return ".".join(map(identifier, strings(nodes)))


def columns(nodes: Iterable[Node]) -> str:
    """A list of identifiers from a list of String nodes."""
    return ", ".join(map(identifier, strings(nodes)))


@functools.cache
def _handlers() -> Mapping[str, Handler]:
    # The parts call back into this module, so they are imported on first use.
    from policytool.catalog.expression import (
        deparse_calls,
        deparse_dml,
        deparse_json,
        deparse_operators,
        deparse_query,
        deparse_tables,
        deparse_values,
        deparse_xml,
    )

    handlers: dict[str, Handler] = {}
    parts = (
        deparse_calls,
        deparse_dml,
        deparse_json,
        deparse_operators,
        deparse_query,
        deparse_tables,
        deparse_values,
        deparse_xml,
    )
    for part in parts:
        handlers |= part.HANDLERS
    return _Handlers(handlers)


class _Handlers(dict[str, Handler]):
    """Says which kind of node is missing."""

    def __missing__(self, kind: str) -> Handler:
        raise NotImplementedError(f"no SQL text for a {kind} node")
