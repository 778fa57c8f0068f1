"""Views and materialised views: CREATE, OR REPLACE, and what ALTER changes of them."""

from __future__ import annotations

import copy
from typing import Any, Final, Literal, cast

from msgspec.structs import replace

from policytool.catalog.build import mentions, reloptions
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.names import names_of
from policytool.catalog.build.new_types import check_free
from policytool.catalog.build.nodes import Node, items, strings
from policytool.catalog.build.privileges import initial_grants
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.canonical import canonical, canonical_query, column_list
from policytool.catalog.expression.names import NoNames
from policytool.catalog.expression.parsing import parsed
from policytool.catalog.expression.references import references
from policytool.catalog.model import Column, Name, View

UNKNOWN: Final = "unknown"
_ANY: Final = "?column?"
_VIEW_OPTIONS: Final = ("security_barrier", "security_invoker", "check_option")
_CHECKS: Final = {"LOCAL_CHECK_OPTION": "local", "CASCADED_CHECK_OPTION": "cascaded"}


def create_view(state: State, node: Node) -> None:
    """CREATE [OR REPLACE] VIEW."""
    options = reloptions.spelled(node.get("options", []))
    check = _CHECKS.get(node.get("withCheckOption", ""))
    if check:
        options = (*options, f"check_option={check}")
    flags = _flags(options)
    definition, columns = _query(state, node["query"], strings(node.get("aliases", [])), "VIEW")
    key = _key(state, node["view"], definition)
    kind = _occupied(state, key)
    if kind is None:
        _create(state, key, definition=definition, columns=columns, options=options, **flags)
        return
    if not node.get("replace"):
        raise Refused("42P07", f'relation "{key[1]}" already exists')
    if kind != "views" or state.views[key].materialized:
        raise Refused("42809", f'"{key[1]}" is not a view')
    kept = _replaced(state, state.views[key], definition, columns)
    state.update("views", key, definition=definition, columns=kept, options=options, **flags)


def create_matview(state: State, node: Node) -> None:
    """CREATE MATERIALIZED VIEW, a CreateTableAsStmt of OBJECT_MATVIEW."""
    into = node["into"]
    options = reloptions.spelled(into.get("options", []))
    for name in (option.partition("=")[0] for option in options):
        if name in _VIEW_OPTIONS:
            raise Refused("22023", f'unrecognized parameter "{name}"')
    schema = state.creation_schema(into["rel"].get("schemaname"))
    key = (schema, into["rel"]["relname"])
    if _occupied(state, key) is not None:
        if node.get("if_not_exists"):
            return
        raise Refused("42P07", f'relation "{key[1]}" already exists')
    aliases = strings(into.get("colNames", []))
    definition, columns = _query(state, node["query"], aliases, "MATERIALIZED VIEW")
    populated = not into.get("skipData", False)
    _create(state, key, definition=definition, columns=columns, options=options, materialized=True, populated=populated)


def _occupied(state: State, key: Name) -> str | None:
    """What stands where a view is to be made; an assumed table makes way for it."""
    kind = state.relation_kind(key)
    return None if kind == "tables" and state.tables[key].assumed else kind


def _create(state: State, key: Name, **fields: Any) -> None:
    before = state.tables.get(key)
    if before is not None:
        state.remove("tables", key)
    check_free(state, key)
    owner = state.session.role
    grants = initial_grants(state, "TABLES", key[0], owner) if before is None else before.grants
    comment = None if before is None else before.comment
    view = View(schema=key[0], name=key[1], owner=owner, grants=grants, comment=comment, **fields)
    state.create("views", key, view)


def _key(state: State, range_var: Node, definition: str) -> Name:
    name: str = range_var["relname"]
    temporary = range_var.get("relpersistence") == "t" or range_var.get("schemaname") == "pg_temp"
    # A view over a temporary table is temporary itself.
    if temporary or "pg_temp." in definition:
        state.temporary.add(("pg_temp", name))
        return ("pg_temp", name)
    return (state.creation_schema(range_var.get("schemaname")), name)


def _query(state: State, query: Node, aliases: list[str], what: str) -> tuple[str, tuple[Column, ...]]:
    """The canonical definition and the columns of a view, its column names taken from `aliases` first."""
    if "SelectStmt" not in query:
        raise NotModelled(f"{what} AS {next(iter(query), 'nothing')} is not modelled")
    mentions.assume_relations(state, query)
    names = names_of(state)
    definition = canonical_query(query, names)
    described = column_list(query, names)
    described = tuple(column for column in described if column[0] != _ANY) if _has_star(definition) else described
    if len(aliases) > len(described) and _certain(state, definition):
        raise Refused("42601", f"CREATE {what} specifies more column names than columns")
    spelled = [*aliases, *(name for name, _ in described[len(aliases) :])]
    for name in spelled:
        if spelled.count(name) > 1 and _certain(state, definition):
            raise Refused("42701", f'column "{name}" specified more than once')
    types = [kind for _, kind in described] + [None] * len(aliases)
    columns = tuple(
        Column(name=name, type=kind or UNKNOWN, made=state.at, changed=state.at)
        for name, kind in zip(spelled, types, strict=False)
    )
    return (_renamed(definition, aliases) if aliases else definition), columns


def _certain(state: State, definition: str) -> bool:
    """Whether the columns of a query are known: no table is assumed, and no `*` is left of what the model lacks."""
    if _has_star(definition):
        return False
    tables = references(definition).tables
    return all(key in state.views or (key in state.tables and not state.tables[key].assumed) for key in tables)


def _has_star(definition: str) -> bool:
    if "*" not in definition:
        return False
    query = parsed(definition)
    return query is not None and any(_is_star(target) for target in _targets(query))


def _targets(query: Node) -> list[Node]:
    """The output columns of a query; of a UNION those of its first part."""
    first = query.get("SelectStmt", {})
    while first.get("op", "SETOP_NONE") != "SETOP_NONE":
        first = first["larg"]
    targets: list[Node] = first.get("targetList", [])
    return targets


def _is_star(target: Node) -> bool:
    return "A_Star" in target["ResTarget"]["val"].get("ColumnRef", {}).get("fields", [{}])[-1]


def _renamed(definition: str, aliases: list[str]) -> str:
    """The definition with the column names of CREATE VIEW v (a, b) put where Postgres shows them."""
    query = copy.deepcopy(parsed(definition))  # others have the same tree
    if query is None or "SelectStmt" not in query:
        return definition
    for target, alias in zip(_targets(query), aliases, strict=False):
        if _is_star(target):
            return definition
        target["ResTarget"]["name"] = alias
    return canonical_query(query, NoNames())


def _replaced(state: State, old: View, definition: str, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns after OR REPLACE: it may add some at the end and change nothing else of them."""
    if _certain(state, definition) and _certain(state, old.definition):
        if len(columns) < len(old.columns):
            raise Refused("42P16", "cannot drop columns from view")
        for before, after in zip(old.columns, columns, strict=False):
            if before.name != after.name:
                raise Refused("42P16", f'cannot change name of view column "{before.name}" to "{after.name}"')
            if UNKNOWN not in (before.type, after.type) and before.type != after.type:
                raise Refused(
                    "42P16",
                    f'cannot change data type of view column "{before.name}" from {before.type} to {after.type}',
                )
    known = {column.name: column for column in old.columns}
    return tuple(
        replace(known[column.name], type=column.type) if column.name in known else column for column in columns
    )


def _flags(options: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a view that its options say."""
    for name in (option.partition("=")[0] for option in options):
        if name not in _VIEW_OPTIONS:
            raise Refused("22023", f'unrecognized parameter "{name}"')
    check = (reloptions.value_of(options, "check_option") or "").upper()
    if check not in ("", "LOCAL", "CASCADED"):
        raise Refused("22023", f'invalid value for enum option "check_option": {check.lower()}')
    return {
        "security_invoker": _truth(options, "security_invoker"),
        "security_barrier": _truth(options, "security_barrier"),
        "check_option": cast("Literal['LOCAL', 'CASCADED'] | None", check or None),
    }


def _truth(options: tuple[str, ...], name: str) -> bool:
    text = reloptions.value_of(options, name)
    if text is None:
        return False
    truth = reloptions.boolean(text)
    if truth is None:
        raise Refused("22023", f'invalid value for boolean option "{name}": {text}')
    return truth


# --- ALTER ----------------------------------------------------------------------------------------------------------


def set_options(state: State, key: Name, command: Node) -> None:
    """ALTER VIEW SET (…)."""
    view = state.views[key]
    _put_options(state, key, reloptions.merged(view.options, items(command["def"])))


def reset_options(state: State, key: Name, command: Node) -> None:
    """ALTER VIEW RESET (…)."""
    view = state.views[key]
    _put_options(state, key, reloptions.without(view.options, items(command["def"])))


def _put_options(state: State, key: Name, options: tuple[str, ...]) -> None:
    flags = {} if state.views[key].materialized else _flags(options)
    state.update("views", key, options=options, **flags)


def column_default(state: State, key: Name, command: Node) -> None:
    """ALTER VIEW ALTER COLUMN SET DEFAULT or DROP DEFAULT."""
    if state.views[key].materialized:
        action = "SET DEFAULT" if "def" in command else "DROP DEFAULT"
        raise Refused("42809", f'ALTER action ALTER COLUMN ... {action} cannot be performed on relation "{key[1]}"')
    column = _column(state, key, command["name"])
    default = canonical(command["def"], names_of(state), expected=column.type) if "def" in command else None
    _put_column(state, key, replace(column, default=default, changed=state.at or column.changed))


def column_statistics(state: State, key: Name, command: Node) -> None:
    """ALTER MATERIALIZED VIEW ALTER COLUMN SET STATISTICS."""
    column = _column(state, key, command["name"])
    value = command.get("def", {}).get("Integer", {}).get("ival", 0)
    statistics = None if value < 0 else value
    _put_column(state, key, replace(column, statistics=statistics, changed=state.at or column.changed))


def _column(state: State, key: Name, name: str) -> Column:
    for column in state.views[key].columns:
        if column.name == name:
            return column
    if _certain(state, state.views[key].definition):
        raise Refused("42703", f'column "{name}" of relation "{key[1]}" does not exist')
    column = Column(name=name, type=UNKNOWN, made=state.at, changed=state.at)
    state.update("views", key, columns=(*state.views[key].columns, column))
    return column


def _put_column(state: State, key: Name, column: Column) -> None:
    columns = tuple(column if other.name == column.name else other for other in state.views[key].columns)
    state.update("views", key, columns=columns)


# What ALTER TABLE, ALTER VIEW and ALTER MATERIALIZED VIEW may do to a view; owner and schema are dealt with elsewhere.
SUBCOMMANDS: Final = {
    "AT_SetRelOptions": set_options,
    "AT_ResetRelOptions": reset_options,
    "AT_ColumnDefault": column_default,
    "AT_SetStatistics": column_statistics,
}

HANDLERS: dict[str, Handler] = {"ViewStmt": create_view}
