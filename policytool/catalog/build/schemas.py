"""Schemas: CREATE SCHEMA with what it embeds, and SET SCHEMA."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.dispatch import Handler, Node, execute
from policytool.catalog.build.members import move_extension
from policytool.catalog.build.moves import move_function, move_relation, move_type
from policytool.catalog.build.privileges import initial_grants
from policytool.catalog.build.roles import role_of
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.build.targets import OTHERS, named, other, relation, routine, type_of, word
from policytool.catalog.model import Schema

# In the order in which Postgres runs the elements of CREATE SCHEMA (transformCreateSchemaStmtElements).
_ELEMENTS = ("CreateSeqStmt", "CreateStmt", "ViewStmt", "IndexStmt", "CreateTrigStmt", "GrantStmt")
_NAMED = {
    "CreateSeqStmt": "sequence",
    "CreateStmt": "relation",
    "ViewStmt": "view",
    "IndexStmt": "relation",
    "CreateTrigStmt": "relation",
}


def create_schema(state: State, name: str, owner: str) -> None:
    """Make a schema that is not there yet."""
    if name in state.schemas:
        raise Refused("42P06", f'schema "{name}" already exists')
    if name.startswith("pg_") and state.origin is None:
        raise Refused("42939", f'unacceptable schema name "{name}"')
    grants = initial_grants(state, "SCHEMAS", None, owner)
    state.create("schemas", name, Schema(name=name, owner=owner, grants=grants))


def _create(state: State, node: Node) -> None:
    owner = role_of(state, node["authrole"]) if "authrole" in node else state.session.role
    name = node.get("schemaname") or owner
    if node.get("if_not_exists") and name in state.schemas:
        return
    create_schema(state, name, owner)
    elements = [next(iter(e.items())) for e in node.get("schemaElts", ())]
    if not elements:
        return
    session = state.session.copy()
    state.session.role, state.session.search_path = owner, (name, *session.search_path)
    for kind, element in sorted(elements, key=lambda e: _ELEMENTS.index(e[0])):
        execute(state, kind, _inside(element, kind, name))
    state.session = session


def _inside(element: Node, kind: str, schema: str) -> Node:
    # An element may name no other schema; one without a schema is in this one even where the search_path finds another.
    field = _NAMED.get(kind)
    if field is None or field not in element:
        return element
    named = element[field].get("schemaname")
    if named not in (None, schema):
        raise Refused("42P15", f"CREATE specifies a schema ({named}) different from the one being created ({schema})")
    return {**element, field: {**element[field], "schemaname": schema}}


# --- SET SCHEMA -----------------------------------------------------------------------------------------------------


def _set_schema(state: State, node: Node) -> None:
    object_type = node["objectType"]
    if "relation" in node:
        found = relation(state, node["relation"], missing_ok=node.get("missing_ok", False))
        if found is not None:
            _move(state, found[0], found[1], node["newschema"])
        return
    target = node["object"]
    match object_type:
        case "OBJECT_FUNCTION" | "OBJECT_PROCEDURE" | "OBJECT_ROUTINE" | "OBJECT_AGGREGATE":
            signature = routine(state, target["ObjectWithArgs"], object_type)
            assert signature is not None
            _move(state, "functions", signature, node["newschema"])
        case "OBJECT_TYPE" | "OBJECT_DOMAIN":
            _move(state, *type_of(state, target["List"]["items"]), node["newschema"])
        case "OBJECT_EXTENSION":
            name = named(state, "extensions", target["String"]["sval"], object_type)
            move_extension(state, name, state.creation_schema(node["newschema"]))
        case _:
            key = other(state, object_type, target) if object_type in OTHERS else None
            if key is None:
                raise NotModelled(f"SET SCHEMA of this {word(object_type)} is not modelled", security=False)
            _move(state, "others", key, node["newschema"])


def _move(state: State, kind: Any, key: Any, wanted: str) -> None:
    schema = state.creation_schema(wanted)
    match kind:
        case "functions":
            move_function(state, key, (schema, key[1]))
        case "others":
            if (key[0], schema, key[2]) != key:
                state.rekey("others", key, (key[0], schema, key[2]), schema=schema)
        case "indexes":
            raise Refused("42809", f'"{key[1]}" is an index')
        case "sequences" if state.sequences[key].owned_by is not None and key[0] != schema:
            raise Refused("0A000", "cannot move an owned sequence into another schema")
        case "tables" | "views" | "sequences":
            move_relation(state, kind, key, (schema, key[1]))
        case _:
            move_type(state, kind, key, (schema, key[1]))


HANDLERS: dict[str, Handler] = {"CreateSchemaStmt": _create, "AlterObjectSchemaStmt": _set_schema}
