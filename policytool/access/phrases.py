"""Words for single values, and readers of the small things that sentences are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policytool.access.rowmark import ROW
from policytool.catalog.expression.deparse import deparse
from policytool.syntax.node import int_of, is_null, kind_of, names, string_of, unwrapped, walk

Node = Mapping[str, Any]
_SAME_TEXT: Final = frozenset({"text", "varchar", "uuid", "bpchar", "name"})  # casts that do not change what is meant
_NOW: Final = frozenset({"now", "statement_timestamp", "transaction_timestamp", "clock_timestamp"})
_NOW_VALUES: Final = frozenset({"SVFOP_CURRENT_TIMESTAMP", "SVFOP_LOCALTIMESTAMP", "SVFOP_CURRENT_TIMESTAMP_N"})


def code(text: str) -> str:
    """A piece of SQL inside a sentence; it cannot end its own quotation marks."""
    return f"`{' '.join(text.replace('`', 'ˋ').split())}`"


def shown(node: Node, table: str) -> str:
    """A marked expression as SQL again."""
    return deparse(_unmarked(node, table if any(kind == "SubLink" for kind, _ in walk(node)) else None))


def _unmarked(node: Any, table: str | None) -> Any:
    if isinstance(node, list):
        return [_unmarked(item, table) for item in node]
    if not isinstance(node, dict):
        return node
    if set(node) == {"String"} and node["String"].get("sval") == ROW:
        return {"String": {"sval": table or ""}}
    copied = {key: _unmarked(value, table) for key, value in node.items() if key != "inline_depth"}
    if table is None and "fields" in copied and len(copied["fields"]) > 1:
        copied["fields"] = [f for f in copied["fields"] if f != {"String": {"sval": ""}}]
    return copied


def claim(path: tuple[str, ...]) -> str:
    match path:
        case ("sub",):
            return "their own user id"
        case ("email",):
            return "their own e-mail address"
        case ("phone",):
            return "their own phone number"
        case ("role",):
            return "their role"
        case ():
            return "their token"
    return f"{code('.'.join(path))} in their token"


def constant(node: Node) -> str | None:
    if is_null(node):
        return "NULL"
    inner = node["TypeCast"].get("arg", {}) if "TypeCast" in node else node  # 'active'::status
    text = string_of(inner) if "A_Const" in inner else None
    if text is not None:
        return f"“{text.replace('`', 'ˋ')}”"
    number = int_of(node)
    if number is not None and "TypeCast" not in node:
        return str(number)
    flag = inner.get("A_Const", {}).get("boolval")
    return None if flag is None else "true" if flag.get("boolval") else "false"


def harmless(cast: Node) -> bool:
    """Whether a cast leaves what is meant as it was: constants are themselves, ids are ids as text."""
    target = cast.get("typeName", {})
    plain = (names(target.get("names")) or ("",))[-1] in _SAME_TEXT and not target.get("arrayBounds")
    return plain and not target.get("typmods")


def is_now(node: Node) -> bool:
    match unwrapped(node):
        case {"SQLValueFunction": {"op": op}}:
            return op in _NOW_VALUES and "TypeCast" not in node
        case {"FuncCall": call}:
            return (
                "TypeCast" not in node and not call.get("args") and (names(call.get("funcname")) or ("",))[-1] in _NOW
            )
    return False


def joined_plainly(select: Node) -> bool:
    """Whether FROM is made of tables and inner joins only."""
    kinds = [(kind, body) for item in select.get("fromClause", ()) for kind, body in from_items(item)]
    return all(k == "RangeVar" or (k == "JoinExpr" and b.get("jointype", "JOIN_INNER") == "JOIN_INNER"
               and not b.get("usingClause") and not b.get("isNatural")) for k, b in kinds)  # fmt: skip


def from_items(item: Node) -> Iterable[tuple[str, Node]]:
    kind, body = kind_of(item)
    yield kind, body
    if kind == "JoinExpr":
        yield from from_items(body.get("larg", {}))
        yield from from_items(body.get("rarg", {}))


def on_conditions(select: Node) -> list[Node]:
    joins = (body for item in select.get("fromClause", ()) for kind, body in from_items(item) if kind == "JoinExpr")
    return [body["quals"] for body in joins if "quals" in body]
