"""The columns of a new table: those of its parents and its own, put together as MergeAttributes() does."""

from __future__ import annotations

from msgspec.structs import replace

from policytool.catalog.build import assume
from policytool.catalog.build.columns import NewColumn
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Column, Name


def inherited_columns(state: State, parents: tuple[Name, ...], *, partition: bool) -> dict[str, Column]:
    """The columns that a table gets from its parents, by name."""
    merged: dict[str, Column] = {}
    for parent in parents:
        for column in state.tables[parent].columns:
            known = merged.get(column.name)
            if known is None:
                merged[column.name] = from_parent(column, partition=partition)
            else:
                merged[column.name] = _both(known, column)
    return merged


def from_parent(column: Column, *, partition: bool) -> Column:
    """What a child gets of a column. Identity is shared by partitions only."""
    return replace(
        column,
        identity=column.identity if partition else None,
        inherited=True,
        local=False,
        statistics=None,
        options=(),
        comment=None,
    )


def _both(known: Column, column: Column) -> Column:
    check_types(known, column)
    return replace(
        known,
        not_null=known.not_null or column.not_null,
        default=known.default if known.default is not None else column.default,
    )


def check_types(one: Column, other: Column) -> None:
    """Columns that become one must have one type and one collation."""
    unknown = assume.UNKNOWN in (one.type, other.type)
    if one.type != other.type and not unknown:
        raise Refused("42804", f'column "{one.name}" has a type conflict: {one.type} versus {other.type}')
    if one.collation != other.collation and not unknown:
        raise Refused("42P21", f'column "{one.name}" has a collation conflict')


def with_own(merged: dict[str, Column], new: NewColumn) -> Column:
    """The column after the table's own definition of it has been put with what is there already."""
    own, known = new.column, merged.get(new.column.name)
    if known is None:
        if not new.typed:
            raise Refused("42703", f'column "{own.name}" does not exist')
        return own
    if new.typed:
        check_types(known, own)
        if known.generated is not None and (new.default is not None or own.identity is not None):
            raise Refused("42P16", f'column "{own.name}" inherits from generated column but specifies default')
    pending = new.default is not None or new.generated is not None
    default = own.default if own.default is not None else known.default
    return replace(
        known,
        not_null=known.not_null or own.not_null,
        identity=own.identity or known.identity,
        default=None if pending else default,
        generated=own.generated if new.generated is not None or own.generated is not None else known.generated,
        generated_stored=own.generated_stored if new.generated is not None else known.generated_stored,
        storage=own.storage or known.storage,
        compression=own.compression or known.compression,
        local=known.local or new.typed,
        made=own.made,
        changed=own.changed,
    )
