"""Conditions that hold when nothing is known of the person and nothing stands in the column: NULL matches NULL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from policytool.access.claims import claim_path, setting_name
from policytool.access.rowmark import ROW
from policytool.access.truth import Folder
from policytool.access.values import NULL, Const, Value, possible
from policytool.access.visitor import ANONYMOUS, SIGNED_IN, Visitor
from policytool.catalog.expression.deparse import deparse
from policytool.catalog.model import Table
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import names, unwrapped, walk

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
Whom = Literal["anybody", "signed in", "nobody"]
_VISITORS: tuple[tuple[Whom, Visitor, bool], ...] = (
    ("anybody", ANONYMOUS[0], True),
    ("signed in", SIGNED_IN, False),
    ("nobody", SIGNED_IN, True),
)
# Two people, who are neither each other nor any constant.
_SOMEBODY, _ANOTHER = Const("5b2f1c9e-7a40-4d83-9c16-0e8d3a6f4b21"), Const("c4d07e12-93ab-4f58-8e6d-71b5a2c9f036")


def null_matches(text: str, table: Table, access: Access) -> dict[str, frozenset[Whom]]:
    """The columns that may be NULL and that a condition takes for a person's then, with whose.

    `anybody`: of whoever has no account; `signed in`: of users who lack a claim; `nobody`: of a user without an id.
    """
    says = access.analyst.predicate(text, table)
    branches = access.analyst.kept(says, "null", lambda: [b for b in says.alternatives if any(map(_odd, b))])
    columns = [c.name for c in table.columns if not c.not_null and c.name in says.columns] if branches else []
    found = {c: frozenset(w for branch in branches for w in _whom(branch, c, access)) for c in columns}
    return {column: whom for column, whom in found.items() if whom}


def _odd(atom: Node) -> bool:
    """Whether a condition could hold of NULL: it compares by DISTINCT, puts something in its place, or asks for it."""
    for kind, body in walk(atom):
        if kind in ("CoalesceExpr", "BooleanTest") or body.get("kind") in ("AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"):
            return True
        if kind == "NullTest" and claim_path(body.get("arg", {})) is not None:
            return True
    return False


def equated(text: str, column: str) -> str | None:
    """The expression with = for IS NOT DISTINCT FROM on a column; None where there is none."""
    node = parse_expression(text)
    mended = _equated(node, column) if node is not None else None
    return None if mended is None or mended == node else deparse(mended)


def _whom(branch: tuple[Node, ...], column: str, access: Access) -> Iterator[Whom]:
    for whom, visitor, nameless in _VISITORS:
        holds = {}
        for claim, cell in ((NULL, NULL), (NULL, _ANOTHER), (_SOMEBODY, NULL)):
            folder = _Folder(visitor, claim, nameless, {column: cell}, access)
            holds[claim, cell] = all(possible(folder.value(atom)) for atom in branch)
        if holds.pop((NULL, NULL)) and not any(holds.values()):
            yield whom


class _Folder(Folder):
    """Folds with one value for all that says who the person is, and one for a column. `nameless`: of their id too."""

    def __init__(
        self, visitor: Visitor, claim: Value, nameless: bool, cells: Mapping[str, Value], access: Access
    ) -> None:
        super().__init__(visitor, frozenset(), access.helpers.inline)
        self._identity, self._nameless, self._cells = claim, nameless, cells

    def value(self, node: Node) -> Value:
        """The value of an expression, where the column and what names the person are what they are said to be."""
        name = names(node["ColumnRef"].get("fields")) if "ColumnRef" in node else ()
        if name[:1] == (ROW,) and name[-1] in self._cells:
            return self._cells[name[-1]]
        if not node.keys() & {"FuncCall", "A_Expr"}:
            return super().value(node)
        path = claim_path(node)
        if path is not None and path not in ((), ("role",)):
            return self._identity if self._nameless or path != ("sub",) else super().value(node)
        if path is None and setting_name(node) is not None:
            return self._identity
        return super().value(node)


def _equated(node: Any, column: str) -> Any:
    if isinstance(node, list):
        return [_equated(item, column) for item in node]
    if not isinstance(node, dict):
        return node
    body = node.get("A_Expr", {})
    sides = (names(unwrapped(body.get(s, {})).get("ColumnRef", {}).get("fields")) for s in ("lexpr", "rexpr"))
    match node:
        case {"BoolExpr": {"boolop": "NOT_EXPR", "args": [{"A_Expr": {"kind": "AEXPR_DISTINCT"} as inner}]}}:
            return _equated({"A_Expr": {**inner, "kind": "AEXPR_NOT_DISTINCT"}}, column)
    if body.get("kind") == "AEXPR_NOT_DISTINCT" and any(s[-1:] == (column,) for s in sides):
        return {"A_Expr": {**body, "kind": "AEXPR_OP"}}
    return {key: _equated(value, column) for key, value in node.items()}
