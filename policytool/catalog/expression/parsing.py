"""Canonical text back to a parse tree."""

from __future__ import annotations

from typing import Any

from policytool.catalog.expression.names import Node
from policytool.syntax.raw import Unparsable, parse


def parsed(text: str) -> Node | None:
    """The tree of an expression or of a query; None where the text is neither."""
    try:
        statements = parse(f"SELECT ({text})")
    except Unparsable:
        return _query(text)
    targets: list[Any] = statements[0].stmt["SelectStmt"].get("targetList", [])
    if len(statements) != 1 or len(targets) != 1 or len(statements[0].stmt["SelectStmt"]) > 3:
        return None
    value: Node = targets[0]["ResTarget"]["val"]
    link = value.get("SubLink", {})
    # The parentheses around a query make it a sub-query; without them it is what the text says.
    return link["subselect"] if link.get("subLinkType") == "EXPR_SUBLINK" and text[:1] != "(" else value


def _query(text: str) -> Node | None:
    try:
        statements = parse(text)
    except Unparsable:
        return None
    return statements[0].stmt if len(statements) == 1 else None
