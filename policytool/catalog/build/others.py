"""Rules, and what the audit need not look into: operators, casts, collations, text search, statistics, languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from policytool.catalog.build import aggregates, assume, rewrite, types
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.invent import joined, object_name
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, elements, option_name, option_text, split_name, strings
from policytool.catalog.build.other_names import Key, cast_key, in_schema, operator_key, transform_key
from policytool.catalog.build.routines import argument_type
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.expression.types import type_name
from policytool.catalog.objects import Other
from policytool.catalog.spelling import identifier, literal, qualified

_DEFINED: Final = {
    "OBJECT_COLLATION": "collation",
    "OBJECT_TSCONFIGURATION": "text search configuration",
    "OBJECT_TSDICTIONARY": "text search dictionary",
    "OBJECT_TSPARSER": "text search parser",
    "OBJECT_TSTEMPLATE": "text search template",
}
_CONTEXTS: Final = {"COERCION_ASSIGNMENT": " AS ASSIGNMENT", "COERCION_IMPLICIT": " AS IMPLICIT"}


def add(state: State, key: Key, definition: str, *, missing_ok: bool = False) -> None:
    """Create an object of a lesser kind; its owner is who runs the statement."""
    kind, schema, name = key
    if key in state.others:
        if missing_ok:
            return
        code = "42723" if kind == "operator" else "42710"
        raise Refused(code, f'{kind} "{name}" already exists')
    owner = None if kind in ("access method", "cast", "transform", "user mapping") else state.session.role
    state.create("others", key, Other(kind=kind, schema=schema or None, name=name, owner=owner, definition=definition))


def touch(state: State, key: Key, addition: str = "") -> None:
    """Note that an object of a lesser kind was altered, and how."""
    other = state.others.get(key)
    if other is None:
        raise NotModelled(f'{key[0]} "{key[2]}" was made by no migration', security=False)
    definition = f"{other.definition}; {addition}" if addition else other.definition
    state.update("others", key, definition=definition)


def new_key(state: State, kind: str, parts: list[Node], *, suffix: str = "") -> Key:
    """The key of an object to create."""
    schema, name = split_name(parts)
    return (kind, state.creation_schema(schema), name + suffix)


# --- CREATE … (name = value) ----------------------------------------------------------------------------------------


def define(state: State, node: Node) -> None:
    """DefineStmt: aggregates, base types, operators, collations and text search."""
    kind = node["kind"]
    match kind:
        case "OBJECT_AGGREGATE":
            aggregates.create(state, node)
        case "OBJECT_TYPE":
            types.define_base_type(state, node)
        case "OBJECT_OPERATOR":
            _operator(state, node)
        case _ if kind in _DEFINED:
            key = new_key(state, _DEFINED[kind], node["defnames"])
            add(state, key, _options(node.get("definition", [])), missing_ok=bool(node.get("if_not_exists")))
        case _:
            raise NotModelled(f"{kind} is not modelled", security=False)


def _operator(state: State, node: Node) -> None:
    parts = {element["defname"]: element for element in elements(node.get("definition", []))}
    types_ = [
        argument_type(state, parts[side]["arg"]["TypeName"], assumed=True) if side in parts else "NONE"
        for side in ("leftarg", "rightarg")
    ]
    if types_[1] == "NONE":
        raise Refused("42P13", "operator right argument type must be specified")
    key = new_key(state, "operator", node["defnames"], suffix=f"({', '.join(types_)})")
    add(state, key, f"FUNCTION = {_function_name(state, parts)}")


def _function_name(state: State, parts: dict[str, Node]) -> str:
    element = parts.get("function") or parts.get("procedure")
    if element is None:
        raise Refused("42P13", "operator function must be specified")
    schema, name = option_name(element) or (None, "")
    schema, name = names_of(state).function(schema, name, None) or (schema, name)
    return qualified(None if schema == "pg_catalog" else schema, name)


def _options(nodes: Iterable[Node]) -> str:
    spelled = []
    for element in elements(list(nodes)):
        name, text = element["defname"].upper(), option_text(element)
        if name in ("FROM", "COPY", "PARSER", "TEMPLATE"):
            spelled.append(f"{name} = {qualified(*(option_name(element) or (None, '')))}")
        else:
            spelled.append(f"{name} = {literal('true' if text is None else text)}")
    return ", ".join(spelled)


# --- casts, statistics, operator classes, languages -----------------------------------------------------------------


def _create_cast(state: State, node: Node) -> None:
    key = cast_key(state, node["sourcetype"], node["targettype"])
    if "func" in node:
        schema, name = split_name(node["func"]["objname"])
        found = names_of(state).function(schema, name, None) or (schema, name)
        how = f"WITH FUNCTION {qualified(*found)}"
    else:
        how = "WITH INOUT" if node.get("inout") else "WITHOUT FUNCTION"
    add(state, key, how + _CONTEXTS.get(node.get("context", ""), ""))


def _create_statistics(state: State, node: Node) -> None:
    table = assume.table(state, node["relations"][0]["RangeVar"])
    columns, spelled = [], []
    for element in (entry["StatsElem"] for entry in node.get("exprs", [])):
        columns.append(element.get("name", "expr"))
        if "name" in element:
            assume.columns(state, table, [element["name"]])
            spelled.append(identifier(element["name"]))
        else:
            spelled.append(f"({canonical(element['expr'], names_of(state), table)})")
    if "defnames" in node:
        key = new_key(state, "statistics", node["defnames"])
    else:
        key = _free_statistics_name(state, table[0], table[1], joined(columns))
    kinds = f"({', '.join(strings(node['stat_types']))}) " if "stat_types" in node else ""
    definition = f"{kinds}ON {', '.join(spelled)} FROM {qualified(*table)}"
    add(state, key, definition, missing_ok=bool(node.get("if_not_exists")))


def _free_statistics_name(state: State, schema: str, table: str, columns: str) -> Key:
    """What ChooseExtendedStatisticName() takes."""
    attempt = 0
    while True:
        key = ("statistics", schema, object_name(table, columns, f"stat{attempt or ''}"))
        if key not in state.others:
            return key
        attempt += 1


def _create_opclass(state: State, node: Node) -> None:
    using = f" USING {node['amname']}"
    key = new_key(state, "operator class", node["opclassname"])
    kind = type_name(node["datatype"], names_of(state))
    default = "DEFAULT " if node.get("isDefault") else ""
    add(state, key, f"{default}FOR TYPE {kind}{using}")
    if "opfamilyname" not in node:
        add(state, ("operator family", key[1], key[2]), using[1:], missing_ok=True)


def _create_opfamily(state: State, node: Node) -> None:
    add(state, new_key(state, "operator family", node["opfamilyname"]), f"USING {node['amname']}")


def _alter_opfamily(state: State, node: Node) -> None:
    touch(state, in_schema(state, "operator family", node["opfamilyname"]))


def _create_transform(state: State, node: Node) -> None:
    key = transform_key(state, node["type_name"], node["lang"])
    if node.get("replace") and key in state.others:
        touch(state, key)
    else:
        add(state, key, "")


def _create_language(state: State, node: Node) -> None:
    key = ("language", "", node["plname"])
    if node.get("replace") and key in state.others:
        touch(state, key)
    else:
        add(state, key, "TRUSTED" if node.get("pltrusted") else "")


def _create_conversion(state: State, node: Node) -> None:
    default = "DEFAULT " if node.get("def") else ""
    encodings = f"FOR {literal(node['for_encoding_name'])} TO {literal(node['to_encoding_name'])}"
    add(state, new_key(state, "conversion", node["conversion_name"]), default + encodings)


def _create_access_method(state: State, node: Node) -> None:
    kind = "TABLE" if node.get("amtype") == "t" else "INDEX"
    add(state, ("access method", "", node["amname"]), f"TYPE {kind} HANDLER {'.'.join(strings(node['handler_name']))}")


def _create_tablespace(state: State, node: Node) -> None:
    add(state, ("tablespace", "", node["tablespacename"]), f"LOCATION {literal(node.get('location', ''))}")


# --- ALTER ----------------------------------------------------------------------------------------------------------


def _alter_configuration(state: State, node: Node) -> None:
    key = in_schema(state, "text search configuration", node["cfgname"])
    action = node["kind"].removeprefix("ALTER_TSCONFIG_").removesuffix("_FOR_TOKEN").replace("_", " ")
    tokens = ", ".join(strings(node.get("tokentype", [])))
    dictionaries = ", ".join(qualified(*split_name(d["List"]["items"])) for d in node.get("dicts", []))
    what = f"{action}{f' FOR {tokens}' if tokens else ''}{f' WITH {dictionaries}' if dictionaries else ''}"
    touch(state, key, what)


def _alter_dictionary(state: State, node: Node) -> None:
    touch(state, in_schema(state, "text search dictionary", node["dictname"]), _options(node.get("options", [])))


def _alter_statistics(state: State, node: Node) -> None:
    key = in_schema(state, "statistics", node["defnames"])
    if key in state.others or not node.get("missing_ok"):
        touch(state, key)


def _alter_collation(state: State, node: Node) -> None:
    touch(state, in_schema(state, "collation", node["collname"]))


def _alter_operator(state: State, node: Node) -> None:
    touch(state, operator_key(state, node["opername"]))


HANDLERS: dict[str, Handler] = {
    "RuleStmt": rewrite.create_rule,
    "DefineStmt": define,
    "CreateCastStmt": _create_cast,
    "CreateStatsStmt": _create_statistics,
    "CreateOpClassStmt": _create_opclass,
    "CreateOpFamilyStmt": _create_opfamily,
    "CreateTransformStmt": _create_transform,
    "CreatePLangStmt": _create_language,
    "CreateConversionStmt": _create_conversion,
    "CreateAmStmt": _create_access_method,
    "CreateTableSpaceStmt": _create_tablespace,
    "AlterOpFamilyStmt": _alter_opfamily,
    "AlterTSConfigurationStmt": _alter_configuration,
    "AlterTSDictionaryStmt": _alter_dictionary,
    "AlterStatsStmt": _alter_statistics,
    "AlterCollationStmt": _alter_collation,
    "AlterOperatorStmt": _alter_operator,
}
