"""Rules, and what the audit need not look into: operators, casts, collations, text search, statistics, languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from policytool.catalog.build import aggregates, assume, operators, rewrite, types
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.invent import joined, object_name
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, elements, option_name, option_text, split_name, strings
from policytool.catalog.build.other_names import Key, cast_key, in_schema, transform_key
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.model import Name
from policytool.catalog.objects import Other
from policytool.catalog.spelling import identifier, literal, qualified

_DEFINED: Final = {
    "OBJECT_COLLATION": "collation",
    "OBJECT_TSCONFIGURATION": "text search configuration",
    "OBJECT_TSDICTIONARY": "text search dictionary",
    "OBJECT_TSPARSER": "text search parser",
    "OBJECT_TSTEMPLATE": "text search template",
}
_NOBODYS: Final = frozenset(
    {"access method", "cast", "text search parser", "text search template", "transform", "user mapping"}
)
_CONTEXTS: Final = {"COERCION_ASSIGNMENT": " AS ASSIGNMENT", "COERCION_IMPLICIT": " AS IMPLICIT"}


def add(state: State, key: Key, definition: str, *, missing_ok: bool = False) -> None:
    """Create an object of a lesser kind; its owner is who runs the statement."""
    kind, schema, name = key
    if key in state.others:
        if missing_ok:
            return
        code = "42723" if kind == "operator" else "42710"
        raise Refused(code, f'{kind} "{name}" already exists')
    owner = None if kind in _NOBODYS else state.session.role
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
            options = _options(state, node.get("definition", []))
            add(state, key, _spelled(key[0], options), missing_ok=bool(node.get("if_not_exists")))
        case _:
            raise NotModelled(f"{kind} is not modelled", security=False)


def _operator(state: State, node: Node) -> None:
    key, definition = operators.operator(state, node)
    add(state, key, definition)
    operators.partnered(state, key)


# What the names in a definition are names of.
_NAMED: Final = {
    "FROM": "collation",
    "COPY": "text search configuration",
    "PARSER": "text search parser",
    "TEMPLATE": "text search template",
}


def _named(state: State, kind: str, schema: str | None, name: str) -> str:
    """A name as it is found along the search path; that of a built-in thing stays as it was written."""
    for candidate in (schema,) if schema is not None else state.path:
        if (kind, candidate, name) in state.others:
            return qualified(candidate, name)
    return qualified(None if schema == "pg_catalog" else schema, name)


def _options(state: State, nodes: Iterable[Node]) -> dict[str, str]:
    spelled = {}
    for element in elements(list(nodes)):
        name, text = element["defname"].upper(), option_text(element)
        if name in _NAMED:
            spelled[name] = _named(state, _NAMED[name], *(option_name(element) or (None, "")))
        elif text is not None and element["arg"].keys() & {"Integer", "Float"}:
            spelled[name] = text
        else:
            spelled[name] = literal("true" if text is None else text)
    return spelled


def _spelled(kind: str, options: dict[str, str]) -> str:
    """The options as a server shows them: those of a collation in one order, those of a dictionary in lower case."""
    if kind == "collation" and "FROM" not in options:
        if options.get("LC_COLLATE", "") == options.get("LC_CTYPE"):
            options = options | {"LOCALE": options["LC_COLLATE"]}
        given = {"PROVIDER": "'libc'"} | options
        shown = ("PROVIDER", "LOCALE") if "LOCALE" in given else ("PROVIDER", "LC_COLLATE", "LC_CTYPE")
        strict = ("DETERMINISTIC",) if given.get("DETERMINISTIC") == "'false'" else ()
        options = {name: given[name] for name in (*shown, *strict, "RULES") if name in given}
    lower = kind == "text search dictionary"
    return ", ".join(f"{n.lower() if lower and n not in _NAMED else n} = {v}" for n, v in options.items())


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
    spelled = _as_shown(state, table, spelled)
    kinds = f"({', '.join(strings(node['stat_types']))}) " if "stat_types" in node else ""
    definition = f"{kinds}ON {', '.join(spelled)} FROM {qualified(*table)}"
    add(state, key, definition, missing_ok=bool(node.get("if_not_exists")))


def _as_shown(state: State, table: Name, spelled: list[str]) -> list[str]:
    """Columns in the order of the table, then expressions: so a server keeps them."""
    order = [identifier(column.name) for column in state.tables[table].columns]
    columns = sorted((text for text in spelled if text in order), key=order.index)
    return columns + [text for text in spelled if text not in order]


def _free_statistics_name(state: State, schema: str, table: str, columns: str) -> Key:
    """What ChooseExtendedStatisticName() takes."""
    attempt = 0
    while True:
        key = ("statistics", schema, object_name(table, columns, f"stat{attempt or ''}"))
        if key not in state.others:
            return key
        attempt += 1


def _create_opclass(state: State, node: Node) -> None:
    key, definition, family = operators.operator_class(state, node)
    add(state, key, definition)
    if family is not None:
        add(state, family, f"USING {node['amname']}", missing_ok=True)


def _create_opfamily(state: State, node: Node) -> None:
    add(state, new_key(state, "operator family", node["opfamilyname"]), f"USING {node['amname']}")


def _alter_opfamily(state: State, node: Node) -> None:
    key = in_schema(state, "operator family", node["opfamilyname"])
    raise NotModelled(f'what is added to operator family "{key[2]}" is not modelled', security=False)


def _create_transform(state: State, node: Node) -> None:
    key = transform_key(state, node["type_name"], node["lang"])
    if node.get("replace") and key in state.others:
        touch(state, key)
    else:
        add(state, key, "")


def _create_language(state: State, node: Node) -> None:
    key = ("language", "", node["plname"])
    parts = (("HANDLER", "plhandler"), ("INLINE", "plinline"), ("VALIDATOR", "plvalidator"))
    words = [f"{word} {_routine(state, *split_name(node[field]))}" for word, field in parts if field in node]
    definition = " ".join(["TRUSTED", *words] if node.get("pltrusted") else words)
    if node.get("replace") and key in state.others:
        state.update("others", key, definition=definition)
    else:
        add(state, key, definition)


def _routine(state: State, schema: str | None, name: str) -> str:
    schema, name = names_of(state).function(schema, name, None) or (schema, name)
    return qualified(None if schema == "pg_catalog" else schema, name)


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
    names = (split_name(d["List"]["items"]) for d in node.get("dicts", []))
    dictionaries = ", ".join(_named(state, "text search dictionary", *name) for name in names)
    what = f"{action}{f' FOR {tokens}' if tokens else ''}{f' WITH {dictionaries}' if dictionaries else ''}"
    touch(state, key, what)


def _alter_dictionary(state: State, node: Node) -> None:
    key = in_schema(state, "text search dictionary", node["dictname"])
    if key not in state.others:
        touch(state, key)
    found = re.findall(r"([\w$]+) = ((?:'(?:[^']|'')*'|[^',]+)+)", state.others[key].definition)
    given = _options(state, node.get("options", []))
    dropped = {e["defname"].upper() for e in elements(node.get("options", [])) if "arg" not in e}
    kept = {name.upper(): value for name, value in found if name.upper() not in given}
    new = kept | {name: value for name, value in given.items() if name not in dropped}
    state.update("others", key, definition=_spelled(key[0], new))


def _alter_statistics(state: State, node: Node) -> None:
    key = in_schema(state, "statistics", node["defnames"])
    if key in state.others:
        target = node["stxstattarget"]["Integer"].get("ival", 0) if "stxstattarget" in node else -1
        definition = state.others[key].definition.partition("; ")[0]
        definition += f"; STATISTICS {target}" if target != -1 else ""
        state.update("others", key, definition=definition)
    elif not node.get("missing_ok"):
        touch(state, key)


def _alter_collation(state: State, node: Node) -> None:
    touch(state, in_schema(state, "collation", node["collname"]))


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
    "AlterOperatorStmt": operators.alter,
}
