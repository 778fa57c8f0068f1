"""Calls of the user's functions that a policy makes for every row though they say the same of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policytool.access.claims import plain_select
from policytool.access.helpers import Helpers
from policytool.access.rowmark import mentions_row
from policytool.catalog.expression.deparse import deparse
from policytool.catalog.model import Function
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import kind_of, walk

Node = Mapping[str, Any]


def bare_calls(node: Any, helpers: Helpers) -> Iterator[Function]:
    """The STABLE functions that a marked expression calls outside any sub-query that is run once."""
    if isinstance(node, list):
        for item in node:
            yield from bare_calls(item, helpers)
    elif isinstance(node, dict):
        kind, body = kind_of(node)
        function = _steady(body, helpers) if kind == "FuncCall" else None
        if function is not None:
            yield function
        elif kind == "SubLink":
            yield from bare_calls(body.get("testexpr"), helpers)
            select = body.get("subselect", {})
            yield from bare_calls(select, helpers) if mentions_row(select) else ()
        else:
            for value in node.values():
                yield from bare_calls(value, helpers)


def with_calls_once(text: str, helpers: Helpers) -> str:
    """The expression with those calls as (SELECT call)."""
    node = parse_expression(text)
    return text if node is None else deparse(_wrapped(node, helpers))


def _steady(call: Node, helpers: Helpers) -> Function | None:
    """The function of a call that gives one value to all rows of a query."""
    function = helpers.find(call)
    if function is None or function.volatility != "STABLE" or (function.returns or "").startswith(("SETOF", "TABLE")):
        return None
    about = any(kind in ("ColumnRef", "ParamRef") for kind, _ in walk(call.get("args", [])))
    return None if about else function


def _wrapped(node: Any, helpers: Helpers) -> Any:
    if isinstance(node, list):
        return [_wrapped(item, helpers) for item in node]
    if not isinstance(node, dict):
        return node
    kind, body = kind_of(node)
    if kind == "FuncCall" and _steady(body, helpers) is not None:
        return _selected(node)
    if kind == "SubLink" and plain_select(body.get("subselect", {}).get("SelectStmt", {})) is not None:
        return node
    copied = {key: _wrapped(value, helpers) for key, value in node.items()}
    if kind == "A_Expr" and body.get("kind") in ("AEXPR_OP_ANY", "AEXPR_OP_ALL"):
        function = _steady(body.get("rexpr", {}).get("FuncCall", {}), helpers)
        if function is not None:  # ANY (SELECT …) would take the array for a row
            copied["A_Expr"]["rexpr"] = _cast(copied["A_Expr"]["rexpr"], function.returns or "")
    return copied


def _selected(node: Node) -> Node:
    select = {"targetList": [{"ResTarget": {"val": node}}], "limitOption": "LIMIT_OPTION_DEFAULT", "op": "SETOP_NONE"}
    return {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}


def _cast(node: Node, type_name: str) -> Node:
    shape = parse_expression(f"NULL::{type_name}") or {}
    return {"TypeCast": {**shape["TypeCast"], "arg": node}} if "TypeCast" in shape else node
