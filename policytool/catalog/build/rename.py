"""RENAME, for every kind of object."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from policytool.catalog.build import rename_column, rename_part
from policytool.catalog.build.dispatch import Handler, Node
from policytool.catalog.build.moves import move_function, move_relation, move_type, rename_a_schema
from policytool.catalog.build.nodes import range_name
from policytool.catalog.build.rename_role import rename_role
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.build.stores import Kind
from policytool.catalog.build.targets import BY_NAME, OTHERS, named, other, relation, routine, type_of, word

_RELATIONS = {
    "OBJECT_TABLE": None,
    "OBJECT_FOREIGN_TABLE": "tables",
    "OBJECT_VIEW": "views",
    "OBJECT_MATVIEW": "views",
    "OBJECT_SEQUENCE": "sequences",
    "OBJECT_INDEX": "indexes",
}


def _rename(state: State, node: Node) -> None:
    object_type, new = node["renameType"], node["newname"]
    match object_type:
        case kind if kind in _RELATIONS:
            _relation(state, node, new)
        case "OBJECT_COLUMN" | "OBJECT_ATTRIBUTE":
            rename_column.column(state, node, new)
        case "OBJECT_TABCONSTRAINT":
            rename_part.constraint(state, node, new)
        case "OBJECT_POLICY" | "OBJECT_TRIGGER" | "OBJECT_RULE":
            rename_part.piece(state, object_type, node, new)
        case "OBJECT_DOMCONSTRAINT":
            rename_part.domain_constraint(state, node, new)
        case "OBJECT_FUNCTION" | "OBJECT_PROCEDURE" | "OBJECT_ROUTINE" | "OBJECT_AGGREGATE":
            signature = routine(state, node["object"]["ObjectWithArgs"], object_type)
            assert signature is not None
            if signature[1] == new:
                raise Refused("42723", f"function {new}({', '.join(signature[2])}) already exists")
            move_function(state, signature, (signature[0], new))
        case "OBJECT_TYPE" | "OBJECT_DOMAIN":
            _type(state, node, new)
        case "OBJECT_SCHEMA":
            rename_a_schema(state, named(state, "schemas", node["subname"], object_type), new)
        case "OBJECT_ROLE":
            rename_role(state, named(state, "roles", node["subname"], object_type), new)
        case kind if kind in BY_NAME:
            _by_name(state, BY_NAME[kind], node, new)
        case _:
            _other(state, object_type, node, new)


def _relation(state: State, node: Node, new: str) -> None:
    found = relation(state, node["relation"], missing_ok=node.get("missing_ok", False))
    if found is None:
        return
    kind, key = found
    wanted = _RELATIONS[node["renameType"]]
    # ALTER TABLE renames relations of any kind but composite types.
    if (wanted is not None and kind != wanted and kind != "indexes") or kind == "composites":
        raise Refused("42809", f'"{key[1]}" is not a {word(node["renameType"])}')
    if kind == "indexes":
        rename_part.index(state, key, new)
    elif key[1] == new:
        raise Refused("42P07", f'relation "{new}" already exists')
    else:
        move_relation(state, kind, key, (key[0], new))  # type: ignore[arg-type]


def _type(state: State, node: Node, new: str) -> None:
    kind, key = type_of(state, node["object"]["List"]["items"])
    if kind in ("tables", "views"):
        raise Refused("42809", f"{key[1]} is a table's row type")
    if node["renameType"] == "OBJECT_DOMAIN" and kind != "domains":
        raise Refused("42809", f"{key[1]} is not a domain")
    if key[1] == new:
        raise Refused("42710", f'type "{new}" already exists')
    move_type(state, kind, key, (key[0], new))


def _by_name(state: State, kind: Kind, node: Node, new: str) -> None:
    object_type = node["renameType"]
    old = named(state, kind, node["object"]["String"].get("sval", ""), object_type)
    if new in state.store(kind):
        raise Refused("42710", f'{word(object_type)} "{new}" already exists')
    state.rekey(kind, old, new, name=new)
    if kind == "wrappers":
        for server in [k for k, s in state.servers.items() if s.wrapper == old]:
            state.replace("servers", server, replace(state.servers[server], wrapper=new))
    elif kind == "servers":
        for table in [k for k, t in state.tables.items() if t.server == old]:
            state.replace("tables", table, replace(state.tables[table], server=new))


def _other(state: State, object_type: str, node: Node, new: str) -> None:
    target: Any = node.get("object")
    key = other(state, object_type, target) if target is not None and object_type in OTHERS else None
    if key is None:
        name = node.get("subname") or (range_name(node["relation"])[1] if "relation" in node else "")
        raise NotModelled(f"RENAME of the {word(object_type)} {name} is not modelled", security=False)
    state.rekey("others", key, (key[0], key[1], new), name=new)


HANDLERS: dict[str, Handler] = {"RenameStmt": _rename}
