"""ALTER TABLE: columns added, dropped and altered, with the same for what inherits from the table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.build import assume, columns, drop, foreign, merge, reloptions, sequences
from policytool.catalog.build.columns import NewColumn
from policytool.catalog.build.constraints import set_not_null
from policytool.catalog.build.nodes import Node, elements, items, option_text
from policytool.catalog.build.one_column import below, change, find, require_no_partition_key
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Column, Name

# --- ADD and DROP ---------------------------------------------------------------------------------------------------


def _add(state: State, key: Name, command: Node) -> Iterable[Node]:
    """ADD COLUMN; gives back the constraints that come with the column, for their own passes."""
    node, table = command["def"]["ColumnDef"], state.tables[key]
    known = next((c for c in table.columns if c.name == node["colname"]), None)
    if known is not None and known.type == assume.UNKNOWN:
        state.update("tables", key, columns=tuple(c for c in table.columns if c is not known))
    elif known is not None:
        if command.get("missing_ok"):
            return ()
        raise Refused("42701", f'column "{known.name}" of relation "{key[1]}" already exists', made=known.made)
    if table.partition_of is not None:
        raise Refused("42809", "cannot add column to a partition")
    if table.of_type is not None:
        raise Refused("42809", "cannot add column to typed table")
    children = list(state.lookup.children.get(key, ()))
    if command["only"] and children:
        raise Refused("42P16", "column must be added to child tables too")
    new = columns.read(state, key, node)
    column = _made(state, key, new)
    for child in children:
        _inherit(state, child, column, partition=table.kind == "partitioned table")
    return new.constraints


def _made(state: State, key: Name, new: NewColumn) -> Column:
    """Put a new column on a table, with its sequence and expressions."""
    column, table = new.column, state.tables[key]
    if new.sequence is not None:
        sequences.add_for_column(state, new.sequence, key, column.name, table.owner, table.persistence)
        if not new.sequence.identity:
            column = replace(column, default=columns.nextval(state, new.sequence.key))
    elif new.default is not None:
        column = replace(column, default=columns.default(state, new.default, column.type))
    state.update("tables", key, columns=(*state.tables[key].columns, column))
    if new.generated is not None:
        text = columns.generated(state, key, new.generated, column.type)
        change(state, key, column.name, generated=text)
    return next(c for c in state.tables[key].columns if c.name == column.name)


def _inherit(state: State, child: Name, column: Column, *, partition: bool) -> None:
    """Pass a new column on to a child, or merge it with one that the child has."""
    table = state.tables[child]
    own = next((c for c in table.columns if c.name == column.name), None)
    if own is None:
        state.update("tables", child, columns=(*table.columns, merge.from_parent(column, partition=partition)))
        for further in list(state.lookup.children.get(child, ())):
            _inherit(state, further, column, partition=partition)
    else:
        merge.check_types(own, column)
        change(state, child, own.name, inherited=True, not_null=own.not_null or column.not_null)


def _drop(state: State, key: Name, command: Node) -> None:
    name, table = command["name"], state.tables[key]
    column = next((c for c in table.columns if c.name == name), None)
    if table.of_type is not None:
        raise Refused("42809", "cannot drop column from typed table")
    if column is None:
        if command.get("missing_ok") or table.assumed:
            return
        raise Refused("42703", f'column "{name}" of relation "{key[1]}" does not exist')
    if column.inherited:
        raise Refused("42P16", f'cannot drop inherited column "{name}"')
    require_no_partition_key(state, key, name, "drop")
    children = list(state.lookup.children.get(key, ()))
    if command["only"] and children:
        if table.kind == "partitioned table":
            raise Refused("42P16", "cannot drop column from only the partitioned table when partitions exist")
        for child in children:
            _make_own(state, child, key, name)
    drop.drop_column(state, key, name, command.get("behavior") == "DROP_CASCADE")


def _make_own(state: State, child: Name, parent: Name, name: str) -> None:
    others = (p for p in state.tables[child].inherits if p != parent)
    still = any(c.name == name for other in others for c in state.tables[other].columns)
    change(state, child, name, inherited=still, local=True)


# --- NOT NULL -------------------------------------------------------------------------------------------------------


def _set_not_null(state: State, key: Name, command: Node) -> None:
    find(state, key, command["name"])
    set_not_null(state, key, [command["name"]], only=command["only"])


def drop_not_null(state: State, key: Name, command: Node) -> None:
    """DROP NOT NULL, refused where a primary key, an identity or a parent needs it."""
    name = command["name"]
    column, table = find(state, key, name), state.tables[key]
    if column.identity is not None:
        raise Refused("42601", f'column "{name}" of relation "{key[1]}" is an identity column')
    if any(c.kind == "PRIMARY KEY" and name in c.columns for c in table.constraints):
        raise Refused("42P16", f'column "{name}" is in a primary key')
    for parent in table.inherits if table.partition_of is None else (table.partition_of,):
        if any(c.name == name and c.not_null for c in state.tables[parent].columns):
            raise Refused("42P16", f'column "{name}" is marked NOT NULL in parent table')
    change(state, key, name, not_null=False)
    for child in below(state, key, command, name):
        own = find(state, child, name)
        if own.not_null and (state.major_version < 18 or not own.local):
            drop_not_null(state, child, command)


# --- defaults, identity, generation ---------------------------------------------------------------------------------


def _default(state: State, key: Name, command: Node) -> None:
    name = command["name"]
    column = find(state, key, name)
    if column.identity is not None:
        raise Refused("42601", f'column "{name}" of relation "{key[1]}" is an identity column')
    if column.generated is not None:
        raise Refused("42601", f'column "{name}" of relation "{key[1]}" is a generated column')
    change(state, key, name, default=columns.default(state, command.get("def"), column.type))
    for child in below(state, key, command, name):
        _default(state, child, command)


def _add_identity(state: State, key: Name, command: Node) -> None:
    name = command["name"]
    column = find(state, key, name)
    _require_all_partitions(state, key, command)
    if not column.not_null and not state.tables[key].assumed:
        raise Refused(
            "55000", f'column "{name}" of relation "{key[1]}" must be declared NOT NULL before identity can be added'
        )
    if column.identity is not None or column.default is not None or column.generated is not None:
        raise Refused("55000", f'column "{name}" of relation "{key[1]}" already has a default value or identity')
    new = columns.with_identity(state, key, NewColumn(column=column), command["def"]["Constraint"])
    if new.sequence is not None:
        table = state.tables[key]
        sequences.add_for_column(state, new.sequence, key, name, table.owner, table.persistence)
    _spread_identity(state, key, name, new.column.identity)


def _require_all_partitions(state: State, key: Name, command: Node) -> None:
    table = state.tables[key]
    if table.partition_of is not None:
        raise Refused("42P16", "cannot change the identity of a column of a partition")
    if command["only"] and table.kind == "partitioned table" and state.lookup.children.get(key):
        raise Refused("42P16", "cannot change the identity of a column of only the partitioned table")


def _spread_identity(state: State, key: Name, name: str, identity: Any) -> None:
    change(state, key, name, identity=identity, not_null=True)
    if state.tables[key].kind == "partitioned table":
        for child in list(state.lookup.children.get(key, ())):
            _spread_identity(state, child, name, identity)


def _set_identity(state: State, key: Name, command: Node) -> None:
    name = command["name"]
    column = find(state, key, name)
    _require_all_partitions(state, key, command)
    if column.identity is None and not state.tables[key].assumed:
        raise Refused("55000", f'column "{name}" of relation "{key[1]}" is not an identity column')
    options = elements(items(command["def"]))
    generated = next((o for o in options if o["defname"] == "generated"), None)
    if generated is not None:
        letter = chr(generated["arg"]["Integer"]["ival"])
        _spread_identity(state, key, name, columns.identity_of(letter))
    others = [o for o in options if o["defname"] != "generated"]
    for sequence in sequences.of_column(state, key, name, identity=True) if others else ():
        sequences.change(state, sequence, others)


def _drop_identity(state: State, key: Name, command: Node) -> None:
    name = command["name"]
    column = find(state, key, name)
    _require_all_partitions(state, key, command)
    if column.identity is None:
        if command.get("missing_ok") or state.tables[key].assumed:
            return
        raise Refused("55000", f'column "{name}" of relation "{key[1]}" is not an identity column')
    _spread_identity(state, key, name, None)
    for sequence in sequences.of_column(state, key, name, identity=True):
        drop.drop_item(state, "sequences", sequence, False)


def _set_expression(state: State, key: Name, command: Node) -> None:
    name = command["name"]
    column = find(state, key, name)
    if column.generated is None and not state.tables[key].assumed:
        raise Refused("55000", f'column "{name}" of relation "{key[1]}" is not a generated column')
    change(state, key, name, generated=columns.generated(state, key, command["def"], column.type))
    for child in below(state, key, command, name):
        _set_expression(state, child, command)


def _drop_expression(state: State, key: Name, command: Node) -> None:
    name = command["name"]
    column = find(state, key, name)
    if column.generated is None:
        if command.get("missing_ok") or state.tables[key].assumed:
            return
        raise Refused("55000", f'column "{name}" of relation "{key[1]}" is not a generated column')
    if not column.generated_stored:
        raise Refused("0A000", "ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns")
    if column.inherited:
        raise Refused("42P16", "cannot drop generation expression from inherited column")
    if command["only"] and state.lookup.children.get(key):
        raise Refused("42P16", "ALTER TABLE / DROP EXPRESSION must be applied to child tables too")
    _spread_expression(state, key, name)


def _spread_expression(state: State, key: Name, name: str) -> None:
    change(state, key, name, generated=None, generated_stored=True)
    for child in list(state.lookup.children.get(key, ())):
        _spread_expression(state, child, name)


# --- attributes -----------------------------------------------------------------------------------------------------


def _statistics(state: State, key: Name, command: Node) -> None:
    find(state, key, command["name"])
    target = command["def"].get("Integer", {}).get("ival", 0) if "def" in command else -1
    change(state, key, command["name"], statistics=None if target < 0 else min(target, 10000))
    for child in below(state, key, command, command["name"]):
        _statistics(state, child, command)


def _options(state: State, key: Name, command: Node) -> None:
    column = find(state, key, command["name"])
    fold = reloptions.merged if command["subtype"] == "AT_SetOptions" else reloptions.without
    change(state, key, column.name, options=fold(column.options, items(command["def"])))


def _foreign_options(state: State, key: Name, command: Node) -> None:
    column = find(state, key, command["name"])
    change(state, key, column.name, options=foreign.changed(column.options, items(command["def"])))


def _storage(state: State, key: Name, command: Node) -> None:
    column = find(state, key, command["name"])
    word = command["def"]["String"].get("sval", "")
    default = columns.type_storage(column.type)
    if default == "PLAIN" and word.upper() not in ("PLAIN", "DEFAULT") and column.type != assume.UNKNOWN:
        raise Refused("0A000", f"column data type {column.type} can only have storage PLAIN")
    change(state, key, column.name, storage=columns.storage(column.type, word))
    for child in below(state, key, command, column.name):
        _storage(state, child, command)


def _compression(state: State, key: Name, command: Node) -> None:
    column = find(state, key, command["name"])
    word = option_text({"arg": command["def"]})
    change(state, key, column.name, compression=None if word == "default" else word)
    for child in below(state, key, command, column.name):
        _compression(state, child, command)


SUBCOMMANDS: Final = {
    "AT_AddColumn": _add,
    "AT_DropColumn": _drop,
    "AT_SetNotNull": _set_not_null,
    "AT_DropNotNull": drop_not_null,
    "AT_ColumnDefault": _default,
    "AT_AddIdentity": _add_identity,
    "AT_SetIdentity": _set_identity,
    "AT_DropIdentity": _drop_identity,
    "AT_SetExpression": _set_expression,
    "AT_DropExpression": _drop_expression,
    "AT_SetStatistics": _statistics,
    "AT_SetOptions": _options,
    "AT_ResetOptions": _options,
    "AT_AlterColumnGenericOptions": _foreign_options,
    "AT_SetStorage": _storage,
    "AT_SetCompression": _compression,
}
