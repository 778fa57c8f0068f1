"""Calls that name the person, and whether Postgres runs them once for a query or once for a row; and the rewriting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from policytool.access.claims import claim_path, plain_select
from policytool.access.rowmark import mentions_row
from policytool.catalog.expression.deparse import deparse
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import kind_of, names

Node = Mapping[str, Any]


class IdentityCall(Struct, frozen=True):
    """A call that names the person, and whether a scalar sub-select lets Postgres run it once per query."""

    text: str
    wrapped: bool


def names_person(kind: str, body: Node) -> bool:
    """Whether a node is a call of auth.uid() or its like, or of current_setting()."""
    return kind == "FuncCall" and (
        claim_path({kind: body}) is not None or names(body.get("funcname"))[-1:] == ("current_setting",)
    )


def identity_calls(node: Any, wrapped: bool = False) -> Iterator[IdentityCall]:
    """The calls in a marked expression that name the person, each with whether it is run once."""
    if isinstance(node, list):
        for item in node:
            yield from identity_calls(item, wrapped)
        return
    if not isinstance(node, dict):
        return
    kind, body = kind_of(node)
    if names_person(kind, body):
        yield IdentityCall(".".join(names(body.get("funcname"))) + "()", wrapped)
    elif kind == "SubLink":
        select = body.get("subselect", {}).get("SelectStmt", {})
        yield from identity_calls(body.get("testexpr"), wrapped)
        # A query that mentions no column of the row is planned once, whatever it calls.
        yield from identity_calls(select, wrapped or not mentions_row(select))
    else:
        for value in node.values():
            yield from identity_calls(value, wrapped)


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
    if names_person(kind, body):
        select = {
            "targetList": [{"ResTarget": {"val": node}}],
            "limitOption": "LIMIT_OPTION_DEFAULT",
            "op": "SETOP_NONE",
        }
        return {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}
    if kind == "SubLink" and plain_select(body.get("subselect", {}).get("SelectStmt", {})) is not None:
        return node
    return {key: _wrap(value) for key, value in node.items()}
