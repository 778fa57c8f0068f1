"""Data statements that decide security when they are literal: storage buckets, and functions called by a migration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from policytool.catalog.build import blocks, table_as
from policytool.catalog.build.dispatch import Handler, Node
from policytool.catalog.build.nodes import split_name, strings
from policytool.catalog.build.settings import literal, set_config
from policytool.catalog.build.state import NotModelled, State
from policytool.catalog.objects import Bucket

_NOT_LITERAL = object()
_ORDER = ("id", "name", "owner", "created_at", "updated_at", "public")  # of storage.buckets, up to the one that matters


# --- SELECT ---------------------------------------------------------------------------------------------------------


def _select(state: State, node: Node) -> None:
    table_as.select_into(state, node)
    for call in _calls(node):
        schema, name = split_name(call["funcname"])
        if name == "set_config" and schema in (None, "pg_catalog"):
            if not set_config(state, call.get("args", [])):
                state.record("set_config() with values that are not literal", kind="call", security=False)
        elif blocks.matters(state, schema, name):
            blocks.call(state, node)
            return


def _calls(node: Node) -> Iterator[Node]:
    """The function calls that a SELECT makes by itself: its output columns, and the functions it reads from."""
    for target in node.get("targetList", ()):
        call = target["ResTarget"].get("val", {}).get("FuncCall")
        if call is not None:
            yield call
    for source in node.get("fromClause", ()):
        for function in source.get("RangeFunction", {}).get("functions", ()):
            call = function["List"]["items"][0].get("FuncCall")
            if call is not None:
                yield call


# --- storage.buckets ------------------------------------------------------------------------------------------------


def _is_buckets(node: Node) -> bool:
    relation = node.get("relation")
    return relation is not None and relation["relname"] == "buckets" and relation.get("schemaname") == "storage"


def _insert(state: State, node: Node) -> None:
    if not _is_buckets(node):
        return
    columns = [column["ResTarget"]["name"] for column in node.get("cols", ())] or list(_ORDER)
    rows = list(_rows(node.get("selectStmt", {}).get("SelectStmt", {})))
    if not rows:
        raise NotModelled("an INSERT into storage.buckets whose rows are not literal")
    for row in rows:
        values = dict(zip(columns, row, strict=False))
        name, public = values.get("id"), values.get("public", False)
        if not isinstance(name, str):
            raise NotModelled("an INSERT into storage.buckets whose id is not literal")
        if public is _NOT_LITERAL:
            raise NotModelled(f"whether bucket {name} is public is not literal")
        _put(state, name, _is_true(public), node.get("onConflictClause"))


def _put(state: State, name: str, public: bool, conflict: Node | None) -> None:
    known = state.buckets.get(name)
    if known is None:
        state.create("buckets", name, Bucket(id=name, public=public))
        return
    for target in (conflict or {}).get("targetList", ()):
        if target["ResTarget"]["name"] == "public":
            value = _value(target["ResTarget"]["val"])
            fields = target["ResTarget"]["val"].get("ColumnRef", {}).get("fields", ())
            if len(fields) == 2 and strings(fields) == ["excluded", "public"]:
                value = public
            if value is _NOT_LITERAL:
                raise NotModelled(f"whether bucket {name} is public is not literal")
            _set_public(state, known, _is_true(value))


def _set_public(state: State, bucket: Bucket, public: bool) -> None:
    if bucket.public != public:
        state.replace("buckets", bucket.id, replace(bucket, public=public, made=state.at))


def _rows(select: Node) -> Iterator[list[Any]]:
    """The rows of VALUES, or the one row of a SELECT without FROM; its WHERE can only keep a bucket that is there."""
    for row in select.get("valuesLists", ()):
        yield [_value(item) for item in row["List"]["items"]]
    if "targetList" in select and "fromClause" not in select and "op" in select and "larg" not in select:
        yield [_value(target["ResTarget"]["val"]) for target in select["targetList"]]
    for side in ("larg", "rarg"):
        if side in select:
            yield from _rows(select[side])


def _value(node: Node) -> Any:
    if "A_Const" in node:
        return literal(node["A_Const"])
    if "TypeCast" in node:
        return _value(node["TypeCast"]["arg"])
    return _NOT_LITERAL


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in ("t", "true", "on", "yes", "1"))


def _update(state: State, node: Node) -> None:
    if not _is_buckets(node):
        return
    for target in node.get("targetList", ()):
        if target["ResTarget"]["name"] == "public":
            value = _value(target["ResTarget"]["val"])
            names = _selected(state, node.get("whereClause"))
            if names is None or value is _NOT_LITERAL:
                raise NotModelled("an UPDATE of storage.buckets that is not literal")
            for name in names:
                _set_public(state, state.buckets[name], _is_true(value))


def _delete(state: State, node: Node) -> None:
    if not _is_buckets(node):
        return
    names = _selected(state, node.get("whereClause"))
    if names is None:
        raise NotModelled("a DELETE from storage.buckets that is not literal")
    for name in names:
        state.remove("buckets", name)


def _selected(state: State, where: Node | None) -> list[str] | None:
    """The buckets that a condition on id or name picks; None where it is more than that."""
    if where is None:
        return list(state.buckets)
    test = where.get("A_Expr", {})
    fields = test.get("lexpr", {}).get("ColumnRef", {}).get("fields", [])
    if not fields or "String" not in fields[-1] or strings(fields)[-1] not in ("id", "name"):
        return None
    match test.get("kind"), test.get("rexpr"):
        case "AEXPR_OP", dict(right) if strings(test["name"]) == ["="]:
            values = [_value(right)]
        case "AEXPR_IN", {"List": {"items": members}} if strings(test["name"]) == ["="]:
            values = [_value(member) for member in members]
        case "AEXPR_OP_ANY", {"A_ArrayExpr": {"elements": members}}:
            values = [_value(member) for member in members]
        case _:
            return None
    return None if _NOT_LITERAL in values else [name for name in state.buckets if name in values]


HANDLERS: dict[str, Handler] = {
    "SelectStmt": _select,
    "InsertStmt": _insert,
    "UpdateStmt": _update,
    "DeleteStmt": _delete,
}
