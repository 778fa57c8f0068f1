"""A condition as alternatives: each branch a list of conditions that must hold together (disjunctive normal form)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from policytool.access.claims import plain_select
from policytool.access.rowmark import marked_column
from policytool.syntax.node import bool_of, names, unwrapped

Node = Mapping[str, Any]
Branch = tuple[Node, ...]
MAX_BRANCHES = 128


class TooManyBranches(Exception):
    """The normal form would explode; nothing is claimed then."""


def branches(node: Node, inline: Callable[[Node], Node | None]) -> tuple[Branch, ...]:
    """The alternatives of a condition, with helper calls looked into. Raises TooManyBranches."""
    found = _of(node, inline)
    if len(found) > MAX_BRANCHES:
        raise TooManyBranches
    return found


def _of(node: Node, inline: Callable[[Node], Node | None]) -> tuple[Branch, ...]:
    match node:
        case {"BoolExpr": {"boolop": "AND_EXPR", "args": args}}:
            product: tuple[Branch, ...] = ((),)
            for arg in args:
                alternatives = _of(arg, inline)
                product = tuple((*one, *other) for one in product for other in alternatives)
                if len(product) > MAX_BRANCHES:
                    raise TooManyBranches
            return product
        case {"BoolExpr": {"boolop": "OR_EXPR", "args": args}}:
            return tuple(branch for arg in args for branch in _of(arg, inline))
        case {"BoolExpr": {"boolop": "NOT_EXPR", "args": [inner]}}:
            return _negated(inner, inline)
        case {"BooleanTest": {"arg": inner} as test} if test.get("booltesttype", "IS_TRUE") == "IS_TRUE":
            return _of(inner, inline)
        case {"CoalesceExpr": {"args": [first, *rest]}} if rest and all(bool_of(r) is False for r in rest):
            return _of(first, inline)
        case {"CaseExpr": body} if "arg" not in body:
            return _case(body, inline)
        case {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}:
            plain = plain_select(select)
            return ((node,),) if plain is None else _of(plain, inline)
        case {"A_Expr": {"name": [{"String": {"sval": "="}}]} as body}:
            return _equal(node, body, inline)
        case {"FuncCall": _}:
            inner = inline(node)
            return ((node,),) if inner is None else _of(inner, inline)
    return ((node,),)


def _equal(node: Node, body: Node, inline: Callable[[Node], Node | None]) -> tuple[Branch, ...]:
    if body.get("kind") == "AEXPR_OP" and bool_of(body.get("rexpr", {})) is True:
        return _of(body.get("lexpr", {}), inline)
    # `me IN (sender, receiver)` is one or the other; a list of constants is better kept together.
    items = _items(body)
    if any(marked_column(item) is not None for item in items):
        return tuple((_equality(body.get("lexpr", {}), item),) for item in items)
    return ((node,),)


def _items(body: Node) -> list[Node]:
    match body:
        case {"kind": "AEXPR_IN", "rexpr": {"List": {"items": items}}}:
            return list(items)
        case {"kind": "AEXPR_OP_ANY", "rexpr": right}:
            return list(unwrapped(right).get("A_ArrayExpr", {}).get("elements", ()))
    return []


def _equality(left: Node, right: Node) -> Node:
    return {"A_Expr": {"kind": "AEXPR_OP", "name": [{"String": {"sval": "="}}], "lexpr": left, "rexpr": right}}


def _case(body: Node, inline: Callable[[Node], Node | None]) -> tuple[Branch, ...]:
    found: list[Branch] = []
    for when in body.get("args", ()):
        found.extend(
            _of(
                {"BoolExpr": {"boolop": "AND_EXPR", "args": [when["CaseWhen"]["expr"], when["CaseWhen"]["result"]]}},
                inline,
            )
        )
    if "defresult" in body:
        found.extend(_of(body["defresult"], inline))
    return tuple(found)


def _negated(node: Node, inline: Callable[[Node], Node | None]) -> tuple[Branch, ...]:
    match node:
        case {"BoolExpr": {"boolop": "NOT_EXPR", "args": [inner]}}:
            return _of(inner, inline)
        case {"BoolExpr": {"boolop": op, "args": args}} if op in ("AND_EXPR", "OR_EXPR"):
            flipped = [{"BoolExpr": {"boolop": "NOT_EXPR", "args": [arg]}} for arg in args]
            other = "OR_EXPR" if op == "AND_EXPR" else "AND_EXPR"
            return _of({"BoolExpr": {"boolop": other, "args": flipped}}, inline)
        case {"A_Expr": {"kind": "AEXPR_OP", "name": [{"String": {"sval": "<>"}}]} as body}:
            return (({"A_Expr": {**body, "name": [{"String": {"sval": "="}}]}},),)
        case {"A_Expr": {"kind": "AEXPR_DISTINCT"} as body}:
            return (({"A_Expr": {**body, "kind": "AEXPR_NOT_DISTINCT"}},),)
    return (({"BoolExpr": {"boolop": "NOT_EXPR", "args": [node]}},),)


def operator_of(body: Node) -> str:
    """The operator of an A_Expr."""
    return (names(body.get("name")) or ("",))[-1]
