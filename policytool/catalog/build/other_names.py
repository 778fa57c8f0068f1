"""How the objects of lesser kinds are named: operators, casts, collations, text search, statistics and the rest."""

from __future__ import annotations

from typing import Final

from policytool.catalog.build.nodes import Node, items, split_name, strings
from policytool.catalog.build.routines import argument_type
from policytool.catalog.build.state import NotModelled, State

Key = tuple[str, str, str]  # kind, schema or "", name

# Kinds whose names are in schemas, and kinds whose names are not.
_IN_SCHEMAS: Final = {
    "OBJECT_COLLATION": "collation",
    "OBJECT_CONVERSION": "conversion",
    "OBJECT_STATISTIC_EXT": "statistics",
    "OBJECT_TSCONFIGURATION": "text search configuration",
    "OBJECT_TSDICTIONARY": "text search dictionary",
    "OBJECT_TSPARSER": "text search parser",
    "OBJECT_TSTEMPLATE": "text search template",
}
_BY_METHOD: Final = {"OBJECT_OPCLASS": "operator class", "OBJECT_OPFAMILY": "operator family"}
_PLAIN: Final = {
    "OBJECT_ACCESS_METHOD": "access method",
    "OBJECT_LANGUAGE": "language",
    "OBJECT_SUBSCRIPTION": "subscription",
    "OBJECT_TABLESPACE": "tablespace",
}


def other_key(state: State, object_type: str, node: Node) -> Key:
    """The key in `state.others` of what a statement names, whether it is there or not."""
    if object_type in _IN_SCHEMAS:
        return in_schema(state, _IN_SCHEMAS[object_type], items(node))
    if object_type in _BY_METHOD:
        return in_schema(state, _BY_METHOD[object_type], items(node)[1:])  # the first is the access method
    if object_type in _PLAIN:
        return (_PLAIN[object_type], "", strings([node])[0])
    match object_type:
        case "OBJECT_OPERATOR":
            return operator_key(state, node["ObjectWithArgs"])
        case "OBJECT_CAST":
            source, target = items(node)
            return cast_key(state, source["TypeName"], target["TypeName"])
        case "OBJECT_TRANSFORM":
            kind, language = items(node)
            return transform_key(state, kind["TypeName"], strings([language])[0])
    raise NotModelled(f"{object_type.removeprefix('OBJECT_').lower()} objects are not modelled", security=False)


def in_schema(state: State, kind: str, parts: list[Node]) -> Key:
    """The key of an existing object by its possibly qualified name; the creation schema where it is in none."""
    schema, name = split_name(parts)
    for candidate in (schema,) if schema is not None else state.path:
        if (kind, candidate, name) in state.others:
            return (kind, candidate, name)
    return (kind, schema or next(iter(state.path), ""), name)


def operator_key(state: State, node: Node) -> Key:
    """The key of an operator: its name and the types of its operands, NONE where there is none."""
    schema, name = split_name(node["objname"])
    types = [argument_type(state, a["TypeName"]) if "TypeName" in a else "NONE" for a in node.get("objargs", [])]
    spelled = f"{name}({', '.join(types)})"
    for candidate in (schema,) if schema is not None else state.path:
        if ("operator", candidate, spelled) in state.others:
            return ("operator", candidate, spelled)
    return ("operator", schema or next(iter(state.path), ""), spelled)


def cast_key(state: State, source: Node, target: Node) -> Key:
    """The key of a cast: both its types."""
    return ("cast", "", f"({argument_type(state, source)} AS {argument_type(state, target)})")


def transform_key(state: State, kind: Node, language: str) -> Key:
    """The key of a transform: its type and language."""
    return ("transform", "", f"FOR {argument_type(state, kind)} LANGUAGE {language}")
