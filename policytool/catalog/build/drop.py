"""DROP, for every kind of object, and its true consequences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.catalog.build import existing
from policytool.catalog.build.cascade import drop_parts
from policytool.catalog.build.dispatch import Handler, Node
from policytool.catalog.build.nodes import items, split_name, strings
from policytool.catalog.build.owned import drop_owned, drop_roles
from policytool.catalog.build.parts import Part
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.build.stores import Kind
from policytool.catalog.build.targets import BY_NAME, OTHERS, other, routine, word
from policytool.catalog.model import Name, Table

_RELATIONS = {
    "OBJECT_TABLE": "tables",
    "OBJECT_FOREIGN_TABLE": "tables",
    "OBJECT_VIEW": "views",
    "OBJECT_MATVIEW": "views",
    "OBJECT_SEQUENCE": "sequences",
}
_ON_RELATION = {
    "OBJECT_POLICY": ("policy", "policies"),
    "OBJECT_TRIGGER": ("trigger", "triggers"),
    "OBJECT_RULE": ("rule", "rules"),
}


def drop_item(state: State, kind: Kind, key: Any, cascade: bool) -> None:
    """Drop one object with what depends on it; Refused when something does and `cascade` is off."""
    drop_parts(state, [Part(kind, key)], cascade=cascade)


def drop_column(state: State, table: Name, column: str, cascade: bool) -> None:
    """Drop a column of a table with what depends on it."""
    found: Table = state.tables[table]
    present = next((c for c in found.columns if c.name == column), None)
    if present is None:
        raise Refused("42703", f'column "{column}" of relation "{table[1]}" does not exist')
    if present.inherited:
        raise Refused("42P16", f'cannot drop inherited column "{column}"')
    drop_parts(state, [Part("tables", table, "column", column)], cascade=cascade)


def drop_constraint(state: State, table: Name, name: str, cascade: bool) -> None:
    """Drop a constraint of a table, its index, and the foreign keys that lean on it."""
    found: Table = state.tables[table]
    present = next((c for c in found.constraints if c.name == name), None)
    if present is None:
        raise Refused("42704", f'constraint "{name}" of relation "{table[1]}" does not exist')
    if present.inherited:
        raise Refused("42P16", f'cannot drop inherited constraint "{name}" of relation "{table[1]}"')
    drop_parts(
        state, [Part("tables", key, "constraint", name) for key in _and_heirs(state, table, name)], cascade=cascade
    )


def _and_heirs(state: State, table: Name, name: str) -> Iterator[Name]:
    """The table, and those below it that have the CHECK from it alone."""
    yield table
    for child in state.lookup.children.get(table, ()):
        for own in state.tables[child].constraints:
            if own.name == name and own.kind == "CHECK" and own.inherited and not own.local:
                yield from _and_heirs(state, child, name)


# --- what the statement names ---------------------------------------------------------------------------------------


def _drop(state: State, node: Node) -> None:
    object_type = node["removeType"]
    missing_ok = node.get("missing_ok", False)
    targets: list[Part] = []
    for target in node["objects"]:
        found = list(_targets(state, object_type, target, missing_ok))
        if not found and not missing_ok and object_type not in _ON_RELATION:
            raise Refused(_MISSING.get(object_type, "42704"), f"{word(object_type)} {_spelled(target)} does not exist")
        targets.extend(found)
    if targets:
        drop_parts(state, targets, cascade=node.get("behavior") == "DROP_CASCADE")


_MISSING = {
    "OBJECT_TABLE": "42P01",
    "OBJECT_FOREIGN_TABLE": "42P01",
    "OBJECT_VIEW": "42P01",
    "OBJECT_MATVIEW": "42P01",
    "OBJECT_SEQUENCE": "42P01",
    "OBJECT_INDEX": "42704",
    "OBJECT_SCHEMA": "3F000",
    "OBJECT_FUNCTION": "42883",
    "OBJECT_PROCEDURE": "42883",
    "OBJECT_AGGREGATE": "42883",
    "OBJECT_ROUTINE": "42883",
}


def _targets(state: State, object_type: str, node: Node, missing_ok: bool) -> Iterator[Part]:
    match object_type:
        case "OBJECT_TABLE" | "OBJECT_FOREIGN_TABLE" | "OBJECT_VIEW" | "OBJECT_MATVIEW" | "OBJECT_SEQUENCE":
            yield from _relation(state, object_type, node)
        case "OBJECT_INDEX":
            yield from _index(state, node)
        case "OBJECT_POLICY" | "OBJECT_TRIGGER" | "OBJECT_RULE":
            yield from _on_relation(state, object_type, node, missing_ok)
        case "OBJECT_FUNCTION" | "OBJECT_PROCEDURE" | "OBJECT_AGGREGATE" | "OBJECT_ROUTINE":
            signature = routine(state, node["ObjectWithArgs"], object_type, missing_ok=True)
            if signature is not None:
                _check_aggregate(state.functions[signature].kind, object_type, signature[1])
                yield Part("functions", signature)
        case "OBJECT_TYPE" | "OBJECT_DOMAIN":
            yield from _type(state, object_type, node)
        case kind if kind in BY_NAME:
            name = node["String"].get("sval", "")
            if name in state.store(BY_NAME[kind]):
                yield Part(BY_NAME[kind], name)
        case kind if kind in OTHERS:
            key = other(state, kind, node)
            if key is not None:
                yield Part("others", key)
            elif not missing_ok:
                raise NotModelled(f"DROP {word(kind).upper()} is not modelled", security=False)
        case _:
            raise NotModelled(f"DROP {word(object_type).upper()} is not modelled", security=False)


def _relation(state: State, object_type: str, node: Node) -> Iterator[Part]:
    found = state.find_relation(*split_name(items(node)))
    if found is None:
        return
    kind, key = found
    if existing.is_assumed(state, key):
        yield Part("tables", key)
        return
    if kind != _RELATIONS[object_type]:
        raise Refused("42809", f'"{key[1]}" is not a {word(object_type)}')
    if kind == "tables" and (state.tables[key].kind == "foreign table") != (object_type == "OBJECT_FOREIGN_TABLE"):
        raise Refused("42809", f'"{key[1]}" is not a {word(object_type)}')
    if kind == "views" and state.views[key].materialized != (object_type == "OBJECT_MATVIEW"):
        raise Refused("42809", f'"{key[1]}" is not a {word(object_type)}')
    if kind == "sequences" and state.sequences[key].identity:
        raise Refused("2BP01", f"cannot drop sequence {key[1]} because an identity column requires it")
    yield Part(kind, key)


def _index(state: State, node: Node) -> Iterator[Part]:
    found = state.find_relation(*split_name(items(node)))
    if found is None:
        return
    kind, key = found
    if kind != "indexes":
        raise Refused("42809", f'"{key[1]}" is not an index')
    table = state.indexes[key]
    owner: Kind = "tables" if table in state.tables else "views"
    index = next(i for i in state.store(owner)[table].indexes if i.name == key[1])
    if index.constraint is not None:
        raise Refused("2BP01", f"cannot drop index {key[1]} because constraint {index.constraint} requires it")
    if index.parent is not None:
        raise Refused("2BP01", f"cannot drop index {key[1]} because index {index.parent[1]} requires it")
    yield Part(owner, table, "index", key[1])


def _on_relation(state: State, object_type: str, node: Node, missing_ok: bool) -> Iterator[Part]:
    part, field = _ON_RELATION[object_type]
    *relation, last = items(node)
    name = strings([last])[0]
    found = state.find_relation(*split_name(relation))
    if found is None:
        if missing_ok:
            return
        raise Refused("42P01", f'relation "{strings(relation)[-1]}" does not exist')
    kind, key = found
    item: Any = state.store(kind)[key] if kind in ("tables", "views") else None  # type: ignore[arg-type]
    piece = next((p for p in getattr(item, field, ()) if p.name == name), None)
    if piece is None:
        if not missing_ok and not getattr(item, "assumed", False):
            raise Refused("42704", f'{part} "{name}" for table "{key[1]}" does not exist')
        return
    if getattr(piece, "inherited", False):
        raise Refused(
            "2BP01", f"cannot drop trigger {name} on table {key[1]} because the partitioned table's requires it"
        )
    yield Part(kind, key, part, name)


def _check_aggregate(kind: str, object_type: str, name: str) -> None:
    if kind == "aggregate" and object_type == "OBJECT_FUNCTION":
        raise Refused("42809", f'"{name}" is an aggregate function')


def _type(state: State, object_type: str, node: Node) -> Iterator[Part]:
    schema, name = split_name(node["TypeName"]["names"])
    found = state.find_type(schema, name)
    if found is None:
        return
    kind, key = found
    if kind in ("tables", "views"):
        raise Refused("2BP01", f"cannot drop type {name} because {kind[:-1]} {name} requires it")
    if object_type == "OBJECT_DOMAIN" and kind != "domains":
        raise Refused("42809", f'"{name}" is not a domain')
    yield Part(kind, key)


def _spelled(node: Node) -> str:
    match node:
        case {"String": value}:
            return f'"{value.get("sval", "")}"'
        case {"ObjectWithArgs": value}:
            return f'"{".".join(strings(value["objname"]))}"'
        case {"TypeName": value}:
            return f'"{".".join(strings(value["names"]))}"'
        case {"List": {"items": parts}} if all("String" in part for part in parts):
            return f'"{".".join(strings(parts))}"'
    return ""


HANDLERS: dict[str, Handler] = {"DropStmt": _drop, "DropRoleStmt": drop_roles, "DropOwnedStmt": drop_owned}
