"""The objects that a statement names: found, assumed, or refused."""

from __future__ import annotations

from policytool.catalog.build import assume
from policytool.catalog.build.dispatch import Node
from policytool.catalog.build.nodes import range_name, split_name
from policytool.catalog.build.other_names import other_key
from policytool.catalog.build.routines import argument_types, kinds_of, resolve_function
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.build.stores import Kind
from policytool.catalog.expression.types import is_built_in
from policytool.catalog.model import Name, Signature

_SYSTEM = ("pg_catalog", "information_schema", "pg_toast")
_SYSTEM_FUNCTIONS = ("set_config", "current_setting", "query_to_xml", "lo_import", "lo_export")

# Kinds of objects that are known by a bare name, and where they are kept.
BY_NAME: dict[str, Kind] = {
    "OBJECT_SCHEMA": "schemas",
    "OBJECT_ROLE": "roles",
    "OBJECT_EXTENSION": "extensions",
    "OBJECT_EVENT_TRIGGER": "event_triggers",
    "OBJECT_PUBLICATION": "publications",
    "OBJECT_FOREIGN_SERVER": "servers",
    "OBJECT_FDW": "wrappers",
}
# Kinds that are kept among `others`, and the word for each.
OTHERS = {
    "OBJECT_ACCESS_METHOD": "access method",
    "OBJECT_CAST": "cast",
    "OBJECT_COLLATION": "collation",
    "OBJECT_CONVERSION": "conversion",
    "OBJECT_LANGUAGE": "language",
    "OBJECT_OPCLASS": "operator class",
    "OBJECT_OPERATOR": "operator",
    "OBJECT_OPFAMILY": "operator family",
    "OBJECT_STATISTIC_EXT": "statistics",
    "OBJECT_SUBSCRIPTION": "subscription",
    "OBJECT_TABLESPACE": "tablespace",
    "OBJECT_TRANSFORM": "transform",
    "OBJECT_TSCONFIGURATION": "text search configuration",
    "OBJECT_TSDICTIONARY": "text search dictionary",
    "OBJECT_TSPARSER": "text search parser",
    "OBJECT_TSTEMPLATE": "text search template",
    "OBJECT_USER_MAPPING": "user mapping",
}


def word(object_type: str) -> str:
    """The kind of an object in words: OBJECT_FOREIGN_TABLE is `foreign table`."""
    special = {
        "OBJECT_MATVIEW": "materialized view",
        "OBJECT_FDW": "foreign-data wrapper",
        "OBJECT_FOREIGN_SERVER": "server",
    }
    return special.get(object_type) or OTHERS.get(object_type) or object_type[7:].lower().replace("_", " ")


def is_system(schema: str | None, name: str) -> bool:
    """Whether a name can only mean one of Postgres's own relations, which the model does not hold."""
    return schema in _SYSTEM or (schema is None and name.startswith("pg_"))


def relation(state: State, range_var: Node, *, missing_ok: bool = False) -> tuple[str, Name] | None:
    """Store and name of a relation, a table assumed where there is none; None with `missing_ok`."""
    schema, name = range_name(range_var)
    found = state.find_relation(schema, name)
    if found is not None:
        return found
    if missing_ok:
        return None
    if is_system(schema, name):
        raise NotModelled(f"{name} is one of Postgres's own relations, which are not modelled")
    return "tables", assume.table(state, range_var)


def required(state: State, range_var: Node) -> tuple[str, Name]:
    """Like `relation`, of what cannot be left out."""
    found = relation(state, range_var)
    if found is None:
        raise Refused("42P01", f'relation "{range_var["relname"]}" does not exist')
    return found


def type_of(state: State, names: list[Node], *, location: int | None = None) -> tuple[Kind, Name]:
    """Store and name of a type, assumed where there is none."""
    schema, name = split_name(names)
    found = state.find_type(schema, name)
    if found is None:
        if schema in _SYSTEM or (schema is None and is_built_in(name)):
            raise NotModelled(f"{name} is one of Postgres's own types, which are not modelled", security=False)
        return "base_types", assume.type(state, schema, name, location)
    return found  # type: ignore[return-value]


def routine(state: State, node: Node, object_type: str, *, missing_ok: bool = False) -> Signature | None:
    """The routine that an ObjectWithArgs names, assumed where it is spelled out and there is none."""
    try:
        return resolve_function(state, node, kinds_of(object_type))
    except Refused as refused:
        if refused.sqlstate != "42883":
            raise
        if missing_ok:
            return None
        schema, name = split_name(node["objname"])
        if is_system(schema, name) or (schema is None and name in _SYSTEM_FUNCTIONS):
            raise NotModelled(f"{name}() is one of Postgres's own functions, which are not modelled") from None
        if node.get("args_unspecified"):
            raise
    types = argument_types(state, node)
    return assume.function(state, schema, name, types)


def named(state: State, kind: Kind, name: str, object_type: str) -> str:
    """An object known by a bare name; schemas and roles are assumed where there is none."""
    if name not in state.store(kind):
        if kind == "roles":
            return assume.role(state, name)
        if kind == "schemas":
            state.assume_schema(name)
            return name
        raise Refused("42704", f'{word(object_type)} "{name}" does not exist')
    return name


def other(state: State, object_type: str, node: Node) -> tuple[str, str, str] | None:
    """The key among `others` of the object that a statement names; None when it is not there."""
    key = other_key(state, object_type, node)
    return key if key in state.others else None
