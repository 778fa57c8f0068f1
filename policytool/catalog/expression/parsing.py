"""Canonical text back to a parse tree, whichever kind of text it is."""

from __future__ import annotations

import re
from typing import Final

from policytool.catalog.expression.deparse import deparse
from policytool.catalog.expression.names import Node
from policytool.syntax.fragments import parse_expression, parse_query

_QUERY: Final = re.compile(r"(?:SELECT|WITH|VALUES|INSERT|UPDATE|DELETE|MERGE|RETURN|TABLE)\b")
_RULE: Final = re.compile(r"(?:WHERE .*)?DO (?:ALSO|INSTEAD) ", re.S)
_RULE_HEAD: Final = "CREATE RULE r AS ON UPDATE TO t "


def parsed(text: str) -> Node | None:
    """The tree of an expression, a query or what follows ON … TO … in a rule; None where the text is none of these.

    Trees are shared between callers and not to be changed.
    """
    if _RULE.match(text):
        return parse_query(_RULE_HEAD + text)
    if _QUERY.match(text):
        return parse_query(text) or parse_expression(text)
    node = parse_expression(text)
    if node is None or ("SubLink" in node and _only_looks_enclosed(text, node)):
        return parse_query(text) or node
    return node


def _only_looks_enclosed(text: str, node: Node) -> bool:
    """Whether it is a set operation whose parts are in parentheses, not an expression in parentheses."""
    link = node["SubLink"]
    return text[:1] == "(" and link["subLinkType"] == "EXPR_SUBLINK" and deparse(node) != text
