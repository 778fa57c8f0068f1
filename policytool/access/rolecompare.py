"""Comparisons of the token's role, `auth.role() = 'authenticated'`, which a TO clause makes needless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policytool.access.branches import operator_of
from policytool.access.claims import claim_path
from policytool.catalog.expression.deparse import deparse
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import string_of, unwrapped, walk

Node = Mapping[str, Any]
SERVICE = "service_role"


def compared_roles(text: str) -> Iterator[str]:
    """The literals that an expression compares the token's role with."""
    if "role" not in text:
        return
    for kind, body in walk(parse_expression(text) or {}):
        if kind == "A_Expr":
            yield from _literals(body)


def without_role(text: str) -> tuple[str, str] | None:
    """(the expression without the comparison, the role for TO) where TO says the same; None where it does not.

    An alternative for the service role is left out with no TO: no policy binds that role.
    """
    node = parse_expression(text) or {}
    body = node.get("BoolExpr", {})
    alone = _only(node)
    if alone is not None:
        return ("true", SERVICE) if alone == SERVICE else None
    args = body.get("args", ())
    rest = [a for a in args if _only(a) is None]
    roles = {role for a in args if (role := _only(a)) is not None}
    if len(roles) != 1 or not rest or any(True for a in rest for _ in compared_roles(deparse(a))):
        return None
    (role,) = roles
    if body.get("boolop") == "OR_EXPR" and role != SERVICE:
        return None
    left = deparse(rest[0] if len(rest) == 1 else {"BoolExpr": {**body, "args": rest}})
    return left, "" if body["boolop"] == "OR_EXPR" else role


def _only(node: Node) -> str | None:
    """The role of a plain `auth.role() = 'role'`."""
    body = node.get("A_Expr", {})
    found = tuple(_literals(body)) if operator_of(body) == "=" else ()
    return found[0] if len(found) == 1 else None


def _literals(body: Node) -> Iterator[str]:
    left, right = body.get("lexpr", {}), body.get("rexpr", {})
    if operator_of(body) not in ("=", "<>"):
        return
    for side, other in ((left, right), (right, left)):
        if claim_path(side) == ("role",):
            values = (string_of(item) for item in _items(other))
            yield from (value for value in values if value is not None)


def _items(node: Node) -> list[Node]:
    match unwrapped(node):
        case {"List": {"items": items}}:
            return list(items)
        case {"A_ArrayExpr": {"elements": elements}}:
            return list(elements)
    return [node]
