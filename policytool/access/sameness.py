"""When two expressions say the same: however their equalities are turned and their calls wrapped."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

from policytool.access.branches import operator_of
from policytool.access.claims import plain_select
from policytool.syntax.fragments import parse_expression

Node = Mapping[str, Any]
_EITHER_WAY = ("=", "<>")
_NOISE = frozenset({"location", "rexpr_list_start", "rexpr_list_end", "list_start", "list_end", "stmt_location"})


@functools.lru_cache(maxsize=4096)
def sense(text: str | None) -> str:
    """A text that two expressions share when they plainly mean the same; "" for none."""
    if text is None:
        return ""
    node = parse_expression(text)
    return text if node is None else _key(_plain(node))


def _key(node: Any) -> str:
    return json.dumps(node, sort_keys=True)


def _plain(node: Any) -> Any:
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    match node:
        case {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}:
            inner = plain_select(select)
            if inner is not None:
                return _plain(inner)
        case {"BoolExpr": {"boolop": "AND_EXPR" | "OR_EXPR" as op}}:
            return {op: sorted(dict.fromkeys(map(_key, _flat(node, op))))}
        case {"A_Expr": {"kind": "AEXPR_OP"} as body} if operator_of(body) in _EITHER_WAY and "lexpr" in body:
            return {operator_of(body): sorted(_key(_plain(body[side])) for side in ("lexpr", "rexpr"))}
    return {key: _plain(value) for key, value in node.items() if key not in _NOISE}


def _flat(node: Node, op: str) -> list[Any]:
    """The conditions of nested ANDs, or ORs, in one list."""
    body = node.get("BoolExpr", {})
    return [f for a in body["args"] for f in _flat(a, op)] if body.get("boolop") == op else [_plain(node)]
