"""Expressions and queries on their own, as a parse tree."""

from functools import lru_cache
from typing import Any

from policytool.syntax import raw

_PREFIX = "select ("


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> dict[str, Any] | None:
    """The tree of one expression, or None where it is none; shared between callers, so not to be changed."""
    try:
        statements = raw.parse(f"{_PREFIX}{text}\n)")
    except raw.Unparsable:
        return None
    select = statements[0].stmt.get("SelectStmt", {}) if len(statements) == 1 else {}
    targets = select.get("targetList", [])
    if len(targets) != 1 or select.keys() - {"targetList", "limitOption", "op"}:
        return None
    value: dict[str, Any] | None = targets[0]["ResTarget"].get("val")
    return value


@lru_cache(maxsize=1024)
def parse_query(text: str) -> dict[str, Any] | None:
    """The tree {kind: body} of one statement, or None where it does not parse; shared, so not to be changed."""
    try:
        statements = raw.parse(text)
    except raw.Unparsable:
        return None
    return dict(statements[0].stmt) if len(statements) == 1 else None
