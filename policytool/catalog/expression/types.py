"""Type names spelled as format_type() spells them with an empty search_path."""

from __future__ import annotations

import functools
from typing import Final

from policytool.catalog.expression.names import Names, Node
from policytool.catalog.spelling import identifier, qualified

# What format_type() calls the types that SQL has a name of its own for; the rest keep theirs.
_STANDARD: Final = {
    "bit": "bit",
    "bool": "boolean",
    "bpchar": "character",
    "float4": "real",
    "float8": "double precision",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "interval": "interval",
    "json": "json",
    "numeric": "numeric",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "varbit": "bit varying",
    "varchar": "character varying",
}
# Grammar spellings reach the parser as these; without pg_catalog in front they are ordinary names.
_WORDS: Final = """
    aclitem any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray
    anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange bool box bpchar bytea char cid cidr circle
    cstring date datemultirange daterange event_trigger fdw_handler float4 float8 gtsvector inet int2 int2vector int4
    int4multirange int4range int8 int8multirange int8range internal interval json jsonb jsonpath language_handler line
    lseg macaddr macaddr8 money name numeric nummultirange numrange oid oid8 oidvector path point polygon record
    refcursor regclass regcollation regconfig regdatabase regdictionary regnamespace regoper regoperator regproc
    regprocedure regrole regtype text tid time timestamp timestamptz timetz trigger tsmultirange tsquery tsrange
    tstzmultirange tstzrange tsvector txid_snapshot unknown uuid varbit varchar bit void xid xid8 xml pg_lsn
    pg_snapshot pg_node_tree pg_ddl_command
"""
_BUILT_IN: Final = frozenset(_WORDS.split())
_FIELDS: Final = {
    4: " year",
    2: " month",
    8: " day",
    1024: " hour",
    2048: " minute",
    4096: " second",
    6: " year to month",
    1032: " day to hour",
    3080: " day to minute",
    7176: " day to second",
    3072: " hour to minute",
    7168: " hour to second",
    6144: " minute to second",
}


def type_name(node: Node, names: Names) -> str:
    """The spelling of a TypeName; arrays of any depth are `element[]`."""
    parts = [part["String"].get("sval", "") for part in node["names"]]
    element = _percent_type(parts, names) if node.get("pct_type") else _element(parts, node.get("typmods"), names)
    return f"{element}[]" if node.get("arrayBounds") else element


def is_built_in(name: str) -> bool:
    """Whether pg_catalog has a type of that (internal) name."""
    return name in _BUILT_IN


def _element(parts: list[str], typmods: list[Node] | None, names: Names) -> str:
    schema, name = (parts[-2] if len(parts) > 1 else None), parts[-1]
    if schema in (None, "pg_catalog") and name in _BUILT_IN:
        modifiers = _modifiers(typmods) if typmods else ()
        return built_in(name, (*modifiers, "0") if name == "numeric" and len(modifiers) == 1 else modifiers)
    if schema is None and name[:1] == "_" and name[1:] in _BUILT_IN:
        return built_in(name[1:], ()) + "[]"
    found = names.type(schema, name)
    spelled = qualified(*found) if found and found[0] != "pg_catalog" else qualified(schema, name)
    return f"{spelled}({','.join(_modifiers(typmods))})" if typmods else spelled


@functools.lru_cache(maxsize=1024)
def built_in(name: str, modifiers: tuple[str, ...]) -> str:
    """The spelling of a type of pg_catalog by its internal name (int4, timestamptz, …)."""
    if name == "interval":
        return _interval(modifiers)
    standard = _STANDARD.get(name)
    if name in ("bpchar", "bit") and not modifiers:
        return identifier(name)
    if standard is None:
        standard = identifier(name)
    if not modifiers:
        return standard
    head, space, tail = standard.partition(" ") if name.startswith("time") else (standard, "", "")
    return f"{head}({','.join(modifiers)}){space}{tail}"


def _interval(modifiers: tuple[str, ...]) -> str:
    fields = _FIELDS.get(int(modifiers[0]), "") if modifiers else ""
    return f"interval{fields}({modifiers[1]})" if len(modifiers) > 1 else f"interval{fields}"


def _modifiers(typmods: list[Node]) -> tuple[str, ...]:
    return tuple(map(_modifier, typmods))


def _modifier(node: Node) -> str:
    match node:
        case {"A_Const": {"ival": value}}:
            return str(value.get("ival", 0))
        case {"A_Const": {"sval": value}}:
            return str(value.get("sval", ""))
        case {"A_Const": {"fval": value}}:
            return str(value.get("fval", "0"))
        case {"ColumnRef": {"fields": fields}}:
            return ".".join(part["String"].get("sval", "") for part in fields)
    return "?"


def _percent_type(parts: list[str], names: Names) -> str:
    *table, column = parts
    relation = names.relation(table[-2] if len(table) > 1 else None, table[-1]) if table else None
    if relation is not None:
        for name, spelled in relation.columns:
            if name == column:
                return spelled
    return ".".join(map(identifier, parts)) + "%TYPE"
