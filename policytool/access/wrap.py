"""Rewrites an expression so that calls that name the person run once a query."""

from __future__ import annotations

from typing import Any

from policytool.access.claims import claim_path, plain_select
from policytool.catalog.expression.deparse import deparse
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import kind_of, names


def wrapped_expression(text: str) -> str:
    """The expression with `auth.uid()` and its like as `(SELECT auth.uid())`; unchanged where it does not parse."""
    node = parse_expression(text)
    return text if node is None else deparse(_wrap(node))


def _wrap(node: Any) -> Any:
    if isinstance(node, list):
        return [_wrap(item) for item in node]
    if not isinstance(node, dict):
        return node
    kind, body = kind_of(node)
    if kind == "FuncCall" and (
        claim_path(node) is not None or names(body.get("funcname"))[-1:] == ("current_setting",)
    ):
        select = {
            "targetList": [{"ResTarget": {"val": node}}],
            "limitOption": "LIMIT_OPTION_DEFAULT",
            "op": "SETOP_NONE",
        }
        return {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}
    if kind == "SubLink" and plain_select(body.get("subselect", {}).get("SelectStmt", {})) is not None:
        return node
    return {key: _wrap(value) for key, value in node.items()}
