"""ALTER TABLE … ALTER COLUMN … TYPE: what follows it, and what Postgres does not let happen."""

from __future__ import annotations

from typing import Final

from policytool.catalog.build import columns, sequences
from policytool.catalog.build.dependents import dependents
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node
from policytool.catalog.build.one_column import below, change, find, require_no_partition_key
from policytool.catalog.build.parts import Part
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.expression.parsing import parsed
from policytool.catalog.model import Column, Name

# What RememberAllDependentForRebuilding() cannot rebuild.
_FIXED: Final = {
    "policy": "used in a policy definition",
    "trigger": "used in a trigger definition",
    "rule": "used by a view or rule",
    "member": "used in a publication WHERE clause",
    "column": "used by a generated column",
}
_FIXED_WHOLE: Final = {"views": "used by a view or rule", "functions": "used by a function or procedure"}


def alter(state: State, key: Name, command: Node) -> None:
    """ALTER COLUMN TYPE; defaults, constraints and indexes are kept, views, policies and the like stand in the way."""
    name, table = command["name"], state.tables[key]
    column = find(state, key, name)
    if table.of_type is not None:
        raise Refused("42809", "cannot alter column type of typed table")
    if column.inherited:
        raise Refused("42P16", f'cannot alter inherited column "{name}"')
    children = list(state.lookup.children.get(key, ()))
    if command["only"] and children:
        raise Refused("42P16", f'type of inherited column "{name}" must be changed in child tables too')
    node = command["def"]["ColumnDef"]
    if columns.serial(node["typeName"]) is not None:
        raise Refused("42704", "serial is no type but a way to make a column")
    _retype(state, key, name, columns.spelled_type(state, node["typeName"]), columns.collated(state, node), command)


def _retype(state: State, key: Name, name: str, spelled: str, collated: str | None, command: Node) -> None:
    column = find(state, key, name)
    require_no_partition_key(state, key, name, "alter")
    _check_dependents(state, key, column)
    if column.identity is not None:
        for sequence in sequences.of_column(state, key, name, identity=True):
            sequences.change(state, sequence, (), kind=spelled)
    default = column.default if column.default is None else _recast(state, column.default, spelled)
    change(state, key, name, type=spelled, collation=collated, default=default, storage=None, compression=None)
    for child in below(state, key, command, name):
        _retype(state, child, name, spelled, collated, command)


def _recast(state: State, default: str, spelled: str) -> str:
    """The default as it is written for another type."""
    node = parsed(default)
    return default if node is None else canonical(node, names_of(state), expected=spelled)


def _check_dependents(state: State, key: Name, column: Column) -> None:
    for part, _ in dependents(state, Part("tables", key, "column", column.name)):
        why = _FIXED.get(part.part) if part.part else _FIXED_WHOLE.get(part.kind)
        if why is None or (part.part == "column" and (part.kind, part.key) != ("tables", key)):
            continue
        raise Refused("0A000", f'cannot alter type of column "{column.name}", {why}: {part}')


SUBCOMMANDS: Final = {"AT_AlterColumnType": alter}
