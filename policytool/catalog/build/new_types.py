"""What the making of types has in common: free names, owner and grants, collations."""

from __future__ import annotations

from typing import Any, cast

from policytool.catalog.build.nodes import Node, split_name
from policytool.catalog.build.privileges import initial_grants
from policytool.catalog.build.routines import is_multirange
from policytool.catalog.build.state import Refused, State
from policytool.catalog.build.stores import TYPE_KINDS, Kind
from policytool.catalog.model import Name
from policytool.catalog.spelling import qualified
from policytool.syntax.location import Location


def new_type(state: State, parts: list[Node]) -> Name:
    """The qualified name of a type to create; refused where it is taken."""
    schema, name = split_name(parts)
    if schema == "pg_temp":
        state.temporary.add((schema, name))
    else:
        schema = state.creation_schema(schema)
    check_free(state, (schema, name))
    return (schema, name)


def check_free(state: State, key: Name) -> None:
    """Refuse a name that a type or the row type of a table or view has; one that was only assumed makes way."""
    if key in state.base_types and state.base_types[key].origin is None:
        state.remove("base_types", key)
    taken = key in state.tables or key in state.views or is_multirange(state, *key)
    if taken or any(key in state.store(cast("Kind", kind)) for kind in TYPE_KINDS):
        raise Refused("42710", f'type "{key[1]}" already exists', made=made_at(state, key))


def made_at(state: State, key: Name) -> Location | None:
    """Where the relation or type of this name was made."""
    if key in state.indexes:
        table = state.tables.get(state.indexes[key]) or state.views.get(state.indexes[key])
        return next((i.made for i in table.indexes if i.name == key[1]), None) if table is not None else None
    found = (state.store(cast("Kind", kind)).get(key) for kind in ("tables", "views", "sequences", *TYPE_KINDS))
    return next((item.made for item in found if item is not None), None)


def owned(state: State, key: Name) -> dict[str, Any]:
    """The fields that every new type starts with."""
    owner = state.session.role
    grants = initial_grants(state, "TYPES", key[0], owner)
    return {"schema": key[0], "name": key[1], "owner": owner, "grants": grants}


def collation(state: State, node: Node) -> str | None:
    """The name of a COLLATE clause, as it is kept on columns and domains."""
    clause = node.get("collClause")
    return None if clause is None else collation_name(state, clause["collname"])


def collation_name(state: State, parts: list[Node]) -> str:
    """The name of a collation, with the schema of one that a user made."""
    schema, name = split_name(parts)
    if schema is None:
        schema = next((each for each in state.path if ("collation", each, name) in state.others), None)
    return qualified(None if schema == "pg_catalog" else schema, name)
