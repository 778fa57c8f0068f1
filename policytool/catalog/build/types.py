"""Types: enumerations, composite types, ranges, domains, and base types by name."""

from __future__ import annotations

from msgspec.structs import replace

from policytool.catalog.build import domains, drop
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.invent import MAX_BYTES, clip
from policytool.catalog.build.names import names_of
from policytool.catalog.build.new_types import check_free, collation, new_type, owned
from policytool.catalog.build.nodes import Node, elements, option_name, split_name, strings
from policytool.catalog.build.routines import assume_type
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.types import type_name
from policytool.catalog.model import Column, Name
from policytool.catalog.objects import BaseType, Composite, Enum, Range
from policytool.catalog.spelling import qualified

_RANGE_NAMES = ("subtype_opclass", "collation", "canonical", "subtype_diff")


# --- enumerations ---------------------------------------------------------------------------------------------------


def create_enum(state: State, node: Node) -> None:
    """CREATE TYPE … AS ENUM."""
    labels = tuple(strings(node.get("vals", [])))
    for label in labels:
        _check_label(label)
    if len(set(labels)) < len(labels):
        raise Refused("23505", "an enum label is given twice")
    key = new_type(state, node["typeName"])
    state.create("enums", key, Enum(labels=labels, **owned(state, key)))


def alter_enum(state: State, node: Node) -> None:
    """ALTER TYPE … ADD VALUE or RENAME VALUE."""
    key = _enum(state, node["typeName"])
    labels = list(state.enums[key].labels)
    new = node.get("newVal", "")
    _check_label(new)
    if "oldVal" in node:
        _rename_label(labels, node["oldVal"], new)
    elif new in labels:
        if node.get("skipIfNewValExists"):
            return
        raise Refused("42710", f'enum label "{new}" already exists')
    else:
        labels.insert(_position(labels, node), new)
    state.update("enums", key, labels=tuple(labels))


def _enum(state: State, parts: list[Node]) -> Name:
    schema, name = split_name(parts)
    found = state.find_type(schema, name)
    if found is None:
        # ALTER TYPE … VALUE says what it is, if not which labels it began with.
        key = (state.creation_schema(schema), name)
        state.create("enums", key, Enum(**owned(state, key)))
        state.record(f"type {qualified(*key)} is assumed: no migration made it", kind="assumed")
        return key
    if found[0] == "base_types":
        return _known_enum(state, found[1])
    if found[0] != "enums":
        raise Refused("42809", f"{name} is not an enum")
    return found[1]


def _known_enum(state: State, key: Name) -> Name:
    """Make an enumeration of an assumed type that turns out to be one."""
    assumed = state.base_types[key]
    if assumed.origin is not None:
        raise NotModelled(f'the labels of type "{key[1]}" are not known', security=False)
    state.remove("base_types", key)
    fields = {**owned(state, key), "owner": assumed.owner, "grants": assumed.grants, "comment": assumed.comment}
    state.create("enums", key, Enum(**fields))
    return key


def _rename_label(labels: list[str], old: str, new: str) -> None:
    if old not in labels:
        raise Refused("22023", f'"{old}" is not an existing enum label')
    if new in labels:
        raise Refused("42710", f'enum label "{new}" already exists')
    labels[labels.index(old)] = new


def _position(labels: list[str], node: Node) -> int:
    neighbour = node.get("newValNeighbor")
    if neighbour is None:
        return len(labels)
    if neighbour not in labels:
        raise Refused("22023", f'"{neighbour}" is not an existing enum label')
    return labels.index(neighbour) + int(bool(node.get("newValIsAfter")))


def _check_label(label: str) -> None:
    if len(label.encode()) > MAX_BYTES:
        raise Refused("42602", f'invalid enum label "{label}": labels must be {MAX_BYTES} bytes or less')


# --- composite types ------------------------------------------------------------------------------------------------


def create_composite(state: State, node: Node) -> None:
    """CREATE TYPE … AS (…)."""
    relation = node["typevar"]
    key = (state.creation_schema(relation.get("schemaname")), relation["relname"])
    check_free(state, key)
    if state.relation_kind(key) is not None:
        raise Refused("42P07", f'relation "{key[1]}" already exists')
    columns: list[Column] = []
    for element in node.get("coldeflist", []):
        column = _attribute(state, element["ColumnDef"])
        if any(other.name == column.name for other in columns):
            raise Refused("42701", f'column "{column.name}" specified more than once')
        columns.append(column)
    state.create("composites", key, Composite(columns=tuple(columns), **owned(state, key)))


def _attribute(state: State, node: Node) -> Column:
    assume_type(state, node["typeName"])
    return Column(
        name=node.get("colname", ""),
        type=type_name(node["typeName"], names_of(state)),
        collation=collation(state, node),
        made=state.at,
        changed=state.at,
    )


def add_attribute(state: State, key: Name, command: Node) -> None:
    """ALTER TYPE ADD ATTRIBUTE."""
    composite = state.composites[key]
    column = _attribute(state, command["def"]["ColumnDef"])
    if any(other.name == column.name for other in composite.columns):
        raise Refused("42701", f'column "{column.name}" of relation "{key[1]}" already exists')
    state.update("composites", key, columns=(*composite.columns, column))
    for table in _typed_tables(state, key, command):
        state.update("tables", table, columns=(*state.tables[table].columns, column))


def drop_attribute(state: State, key: Name, command: Node) -> None:
    """ALTER TYPE DROP ATTRIBUTE."""
    composite = state.composites[key]
    name = command["name"]
    kept = tuple(column for column in composite.columns if column.name != name)
    if len(kept) < len(composite.columns):
        state.update("composites", key, columns=kept)
        for table in _typed_tables(state, key, command):
            drop.drop_column(state, table, name, True)
    elif not command.get("missing_ok"):
        raise Refused("42703", f'column "{name}" of relation "{key[1]}" does not exist')


def alter_attribute(state: State, key: Name, command: Node) -> None:
    """ALTER TYPE ALTER ATTRIBUTE … TYPE."""
    composite = state.composites[key]
    name = command["name"]
    if all(column.name != name for column in composite.columns):
        raise Refused("42703", f'column "{name}" of relation "{key[1]}" does not exist')
    new = _attribute(state, command["def"]["ColumnDef"])
    state.update("composites", key, columns=_retyped(composite.columns, name, new))
    for table in _typed_tables(state, key, command):
        state.update("tables", table, columns=_retyped(state.tables[table].columns, name, new))


def _retyped(columns: tuple[Column, ...], name: str, new: Column) -> tuple[Column, ...]:
    return tuple(
        replace(column, type=new.type, collation=new.collation, changed=new.changed or column.changed)
        if column.name == name
        else column
        for column in columns
    )


def _typed_tables(state: State, key: Name, command: Node) -> list[Name]:
    """The tables made OF a composite type, which change with it."""
    found = [name for name, table in state.tables.items() if table.of_type == key]
    if found and command.get("behavior") != "DROP_CASCADE":
        raise Refused("2BP01", f'cannot alter type "{key[1]}" because it is the type of a typed table')
    return found


# What ALTER TYPE, an AlterTableStmt of OBJECT_TYPE, does to a composite type.
SUBCOMMANDS = {
    "AT_AddColumn": add_attribute,
    "AT_DropColumn": drop_attribute,
    "AT_AlterColumnType": alter_attribute,
}


# --- ranges ---------------------------------------------------------------------------------------------------------


def create_range(state: State, node: Node) -> None:
    """CREATE TYPE … AS RANGE, and the multirange type that comes with it."""
    key = new_type(state, node["typeName"])
    subtype, multirange, options = None, None, []
    for element in elements(node.get("params", [])):
        match element["defname"]:
            case "subtype":
                assume_type(state, element["arg"]["TypeName"])
                subtype = type_name(element["arg"]["TypeName"], names_of(state))
            case "multirange_type_name":
                multirange = option_name(element)
            case name if name in _RANGE_NAMES:
                options.append(f"{name}={_option(state, element)}")
            case name:
                raise Refused("42601", f'type attribute "{name}" not recognized')
    if subtype is None:
        raise Refused("42601", 'type attribute "subtype" is required')
    name = multirange[1] if multirange is not None else _multirange_name(key[1])
    if state.major_version < 14:
        name = ""  # multiranges came with 14
    else:
        check_free(state, (key[0], name))
    options.sort()
    item = Range(subtype=subtype, multirange=name, options=tuple(options), **owned(state, key))
    state.create("ranges", key, item)


def _option(state: State, element: Node) -> str:
    schema, name = option_name(element) or (None, "")
    if element["defname"] in ("canonical", "subtype_diff"):
        found = names_of(state).function(schema, name, None)
        schema, name = found if found is not None else (schema, name)
    return qualified(None if schema == "pg_catalog" else schema, name)


def _multirange_name(name: str) -> str:
    """What makeMultirangeTypeName() calls it: `range` becomes `multirange`, or `_multirange` is added."""
    if "range" in name:
        return clip(name.replace("range", "multirange", 1), MAX_BYTES)
    return clip(name, MAX_BYTES - len("_multirange")) + "_multirange"


# --- base types -----------------------------------------------------------------------------------------------------


def define_base_type(state: State, node: Node) -> None:
    """CREATE TYPE name, a shell, and CREATE TYPE name (…), which fills one."""
    schema, name = split_name(node["defnames"])
    key = (state.creation_schema(schema), name)
    if "definition" not in node:
        if key in state.base_types:
            raise Refused("42710", f'type "{name}" already exists')
        check_free(state, key)
        state.create("base_types", key, BaseType(**owned(state, key)))
    elif key in state.base_types:
        state.update("base_types", key)
    else:
        check_free(state, key)
        raise Refused("42710", f'type "{name}" does not exist: create it as a shell type first')


def alter_type(state: State, node: Node) -> None:
    """ALTER TYPE … SET (…) of a base type, of which only the name is modelled."""
    schema, name = split_name(node["typeName"])
    found = state.find_type(schema, name)
    if found is None:
        raise Refused("42704", f'type "{name}" does not exist')
    if found[0] != "base_types":
        raise Refused("42809", f'"{name}" is not a base type')
    state.update("base_types", found[1])


HANDLERS: dict[str, Handler] = {
    "CreateEnumStmt": create_enum,
    "AlterEnumStmt": alter_enum,
    "CompositeTypeStmt": create_composite,
    "CreateRangeStmt": create_range,
    "AlterTypeStmt": alter_type,
    "CreateDomainStmt": domains.create,
    "AlterDomainStmt": domains.alter,
}
