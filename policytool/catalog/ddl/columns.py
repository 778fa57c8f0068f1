"""Columns, and what ALTER TABLE has to say of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policytool.catalog.ddl import sequences, words
from policytool.catalog.model import Column, Sequence, Table
from policytool.catalog.spelling import identifier, qualified


def definition(column: Column, *, sequence: Sequence | None = None, typed: bool = True, plain: bool = False) -> str:
    """A column as CREATE TABLE has it; `plain` leaves out its default, `sequence` is that of an identity."""
    parts = [identifier(column.name)]
    parts += [column.type] if typed else ["with options"]
    if column.compression and typed:
        parts.append(f"compression {identifier(column.compression)}")
    if column.collation and typed:
        parts.append(f"collate {column.collation}")
    if column.generated is not None:
        parts.append(f"generated always as ({column.generated}) {'stored' if column.generated_stored else 'virtual'}")
    elif sequence is not None and column.identity is not None:
        parts.append(f"generated {column.identity.lower()} as identity{_identity(column, sequence)}")
    elif column.default is not None and not plain:
        parts.append(f"default {words.bare(column.default)}")
    if column.not_null and not (sequence is not None and column.identity is not None):
        parts.append("not null")
    return " ".join(parts)


def needs_options(column: Column) -> bool:
    """Whether a column of a typed table has anything to say besides its type."""
    return column.not_null or column.default is not None or column.generated is not None


def _identity(column: Column, sequence: Sequence) -> str:
    assert sequence.owned_by is not None
    schema, table, name = sequence.owned_by
    plain = f"{table}_{name}_seq"
    options = sequences.options(sequence, of=column.type)
    if (sequence.schema, sequence.name) != (schema, plain) or len(plain.encode()) > 63:
        options = [f"sequence name {qualified(sequence.schema, sequence.name)}", *options]
    return f" ({' '.join(options)})" if options else ""


def adjustments(table: Table, columns: Iterable[Column]) -> Iterator[str]:
    """The statements for what CREATE TABLE cannot say of the columns, or not in every version."""
    for column in columns:
        for action in _actions(column, foreign=table.kind == "foreign table"):
            yield alter(table, column, action)


def _actions(column: Column, *, foreign: bool) -> Iterator[str]:
    if column.storage is not None:
        yield f"set storage {column.storage.lower()}"
    if column.statistics is not None:
        yield f"set statistics {column.statistics}"
    if column.options and not foreign:
        yield f"set {words.storage(column.options)}"


def changes(table: Table, before: Column, after: Column) -> Iterator[str]:
    """The statements that make a column of a table into another of the same name."""
    if (before.type, before.collation) != (after.type, after.collation):
        collation = f" collate {after.collation}" if after.collation else ""
        yield alter(table, after, f"type {after.type}{collation}")
    if before.not_null and not after.not_null:
        yield alter(table, after, "drop not null")
    yield from inherited_adjustments(table, after, before)


def inherited_adjustments(table: Table, column: Column, above: Column) -> Iterator[str]:
    """The statements that make what a child got of a parent's column into what it has."""
    if column.default != above.default and column.generated is None:
        change = "drop default" if column.default is None else f"set default {column.default}"
        yield alter(table, column, change)
    if column.not_null and not above.not_null:
        yield alter(table, column, "set not null")
    if column.storage not in (None, above.storage):
        yield alter(table, column, f"set storage {str(column.storage).lower()}")
    if column.compression != above.compression:
        yield alter(table, column, f"set compression {column.compression or 'default'}")
    if column.statistics is not None:
        yield alter(table, column, f"set statistics {column.statistics}")
    if column.options:
        yield alter(table, column, f"set {words.storage(column.options)}")


def alter(table: Table, column: Column, action: str) -> str:
    """ALTER TABLE … ALTER COLUMN."""
    return f"alter table {qualified(table.schema, table.name)} alter column {identifier(column.name)} {action}"


def texts(columns: Iterable[Column]) -> Iterator[str | None]:
    """What the columns name others in."""
    for column in columns:
        yield from (column.type, column.default, column.generated, column.collation)
