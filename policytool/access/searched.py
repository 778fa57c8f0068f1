"""Where a routine with a search_path of its own looks names up, and which names its body leaves to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policytool.access.routines import body_of
from policytool.catalog.model import Function
from policytool.syntax.node import names, range_var, walk

Node = Mapping[str, Any]
_SETTING = "search_path="
_NAMED_BY = {"FuncCall": "funcname", "A_Expr": "name", "TypeName": "names", "SubLink": "operName"}
_CHANGES = ("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt")


def own_path(function: Function) -> tuple[str, ...] | None:
    """The schemas of its search_path; None where it has none of its own. `$user` in a definer function is its owner."""
    for setting in function.settings:
        if setting.startswith(_SETTING):
            parts = [p.strip() for p in setting.removeprefix(_SETTING).split(",")]
            found = [p[1:-1].replace('""', '"') if p.startswith('"') else p for p in parts]
            return tuple(function.owner if p == "$user" else p for p in found if p)
    return None


def looked_up(function: Function) -> tuple[str, ...]:
    """The relations in its body without a schema: neither names of WITH nor temporary tables of its own."""
    found: dict[str, None] = {}
    made: set[str] = set()
    for tree in body_of(function).expressions:
        for kind, node in walk(tree):
            if kind == "CommonTableExpr":
                made.add(node.get("ctename", ""))
            elif kind == "IntoClause" or (kind == "CreateStmt" and "relation" in node):
                made.add((node.get("rel") or node.get("relation") or {}).get("relname", ""))
            else:
                found.update(dict.fromkeys(_relations(kind, node)))
    return tuple(n for n in found if n not in made)


def _relations(kind: str, node: Node) -> Iterator[str]:
    target = node if kind == "RangeVar" else node.get("relation") if kind in _CHANGES else None
    if target is not None:
        schema, name = range_var(target)
        if schema is None and name:
            yield name


def called(function: Function) -> tuple[str, ...]:
    """The functions that its body calls without a schema."""
    calls = (n for tree in body_of(function).expressions for k, n in walk(tree) if k == "FuncCall")
    found = (names(n.get("funcname")) for n in calls)
    return tuple(dict.fromkeys(n[0] for n in found if len(n) == 1))


def leaves_open(function: Function) -> str:
    """What its body leaves to the search_path: "tables", "others" (functions, operators, types) or "" for nothing."""
    body = body_of(function)
    if not body.readable or body.dynamics or looked_up(function):
        return "tables"
    return "others" if any(_looked_up(k, n) for tree in body.expressions for k, n in walk(tree)) else ""


def _looked_up(kind: str, node: Node) -> bool:
    name = node.get(_NAMED_BY.get(kind, ""))
    return bool(name) and len(names(name)) == 1
