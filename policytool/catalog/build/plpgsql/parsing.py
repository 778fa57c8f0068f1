"""Parse trees of the SQL inside blocks, kept for the texts seen last."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from policytool.catalog.build.state import Refused
from policytool.syntax.node import kind_of

Node = dict[str, Any]
_EXPRESSION, _ASSIGNMENTS = 2, (3, 4, 5)


class _Raw(msgspec.Struct):
    stmt: dict[str, Node]
    stmt_location: int = 0
    stmt_len: int = 0


class _Tree(msgspec.Struct):
    stmts: list[_Raw] = []


_DECODER = msgspec.json.Decoder(_Tree)


@lru_cache(maxsize=4096)
def statements(sql: str) -> tuple[tuple[str, Node], ...]:
    """Kind and body of each statement of a text; Refused where it does not parse. Shared: not to be changed."""
    from pglast import parser

    try:
        tree = _DECODER.decode(parser.parse_sql_json(str(sql)))
    except parser.ParseError as error:
        raise Refused("42601", str(error.args[0])) from None
    return tuple(kind_of(raw.stmt) for raw in tree.stmts)


@lru_cache(maxsize=4096)
def query_of(text: str, mode: int) -> Node:
    """The SelectStmt of a PLpgSQL_expr: a statement, an expression, or the right side of an assignment."""
    if mode in _ASSIGNMENTS:
        text = assigned(text)
    if mode:
        text = "select " + text
    found = statements(text)
    if len(found) != 1 or found[0][0] != "SelectStmt":
        raise Refused("42601", "an expression is expected")
    return found[0][1]


def expression_of(text: str) -> Node | None:
    """The one expression that a query without any clause selects; None for a true query."""
    node = query_of(text, _EXPRESSION)
    targets = node.get("targetList", ())
    if len(targets) == 1 and not any(key in node for key in ("fromClause", "whereClause", "groupClause", "larg")):
        value: Node = targets[0]["ResTarget"]["val"]
        return value
    return None


def assigned(text: str) -> str:
    """What stands after the first := or = of an assignment."""
    depth, quoted = 0, False
    for position, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "=" and depth == 0:
            return text[position + 1 :]
    return text


@lru_cache(maxsize=512)
def type_named(text: str) -> Node | None:
    """The TypeName of a type as it is written in SQL."""
    try:
        (_, node), *more = statements(f"select null::{text}")
    except (Refused, ValueError):
        return None
    value = node["targetList"][0]["ResTarget"]["val"]
    if more or "TypeCast" not in value or set(node) - {"targetList", "limitOption", "op"}:
        return None
    found: Node = value["TypeCast"]["typeName"]
    return found
