"""People and tenants that a policy names by their ids, and the claims that it knows people by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from policytool.access.branches import operator_of
from policytool.access.claims import claim_path
from policytool.access.rowmark import marked_column
from policytool.catalog.model import Table
from policytool.syntax.node import int_of, string_of, unwrapped, walk

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
_CONSTANT = re.compile(r"'[^']*[@-]|\d")  # an address, an id or a number, before anything is parsed
_EQUAL = ("AEXPR_OP", "AEXPR_IN", "AEXPR_OP_ANY", "AEXPR_NOT_DISTINCT")


class Named(Struct, frozen=True):
    """A constant that something is compared with: the person (`what` is the claim) or a column of the row."""

    what: str
    value: str
    claim: bool


def named_ids(text: str, table: Table, access: Access) -> Iterator[Named]:
    """The constants that an expression takes for people or tenants."""
    if not _CONSTANT.search(text):
        return
    says = access.analyst.predicate(text, table)
    keys = {*access.owner_columns(table), *access.tenant_columns(table)}
    for left, other in access.analyst.kept(says, "compared", lambda: tuple(_compared(says.node))):
        path, column = claim_path(left), marked_column(left)
        values = [v for item in _items(other) if (v := _constant(item))]
        if path in (("sub",), ("email",), ("phone",)):
            yield from (Named(path[0], v, True) for v in values)
        elif column in keys:
            yield from (Named(column or "", v, False) for v in values if _is_id(v))


def by_email(text: str, table: Table, access: Access) -> bool:
    """Whether an expression compares the token's email or phone with what stands in a table."""
    if "email" not in text and "phone" not in text:
        return False
    says = access.analyst.predicate(text, table)
    for left, other in access.analyst.kept(says, "compared", lambda: tuple(_compared(says.node))):
        if claim_path(left) in (("email",), ("phone",)) and any(k == "ColumnRef" for k, _ in walk(other)):
            return True
    return False


def _compared(node: Any) -> Iterator[tuple[Node, Node]]:
    """Both sides of each equality, either way round; without what lower() and its like are put around them."""
    for kind, body in walk(node or {}):
        if kind == "A_Expr" and operator_of(body) == "=" and body.get("kind", "AEXPR_OP") in _EQUAL:
            left, right = _bare(body.get("lexpr", {})), _bare(body.get("rexpr", {}))
            yield left, right
            yield right, left
        elif kind == "SubLink" and body.get("subLinkType") == "ANY_SUBLINK":
            yield _bare(body.get("testexpr", {})), body.get("subselect", {})


def _bare(node: Node) -> Node:
    match unwrapped(node):
        case {"FuncCall": {"funcname": [*_, {"String": {"sval": "lower" | "btrim" | "upper"}}], "args": [inner]}}:
            return _bare(inner)
    return node


def _items(node: Node) -> list[Node]:
    match unwrapped(node):
        case {"List": {"items": items}}:
            return list(items)
        case {"A_ArrayExpr": {"elements": elements}}:
            return list(elements)
    return [node]


def _constant(node: Node) -> str:
    text, number = string_of(node), int_of(node)
    return text if text is not None else str(number) if number is not None else ""


def _is_id(value: str) -> bool:
    """An id of something: not the nil one, which stands for none."""
    try:
        return UUID(value).int != 0
    except ValueError:
        return value.isdigit() and int(value) > 0
