"""Rows like others that can stand beside them: keys are new, all else is kept."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from policytool.testing.observed.ties import unique_keys

if TYPE_CHECKING:
    from policytool.catalog.model import Column, Table

_STEP = 500_000


def fresh(
    table: Table,
    row: Mapping[str, str | None],
    columns: Collection[str],
    changes: Mapping[str, str | None] | None = None,
) -> dict[str, str | None]:
    """The values of a new row: those of `row` in the columns that may be written, with `changes`, and keys renewed.

    Of a key that holds references, these are kept: they say whose the row is.
    """
    changes = changes or {}
    kept = {c for k in table.constraints if k.reference is not None for c in k.columns} | changes.keys()
    values = {**row, **changes}
    found: dict[str, str | None] = {}
    renewed = {name for key in unique_keys(table) for name in key if name not in kept and name in row}
    for column in table.columns:
        if column.name not in columns or column.generated is not None or column.identity == "ALWAYS":
            continue
        if column.name in renewed:
            if column.default is None and column.identity is None:
                found[column.name] = _new(column, values.get(column.name))
            continue
        found[column.name] = values.get(column.name)
    return found


def needed(table: Table, kept: Collection[str]) -> frozenset[str]:
    """The columns that a new row cannot do without, with those that say whose it is."""
    return frozenset(
        c.name for c in table.columns if c.name in kept or (c.not_null and c.default is None and c.identity is None)
    )


def _new(column: Column, value: str | None) -> str | None:
    if value is None:
        return None
    if column.type == "uuid":
        return str(uuid.uuid5(uuid.NAMESPACE_OID, value))
    if column.type in ("integer", "bigint", "numeric"):
        return str(int(float(value)) + _STEP)
    if column.type.startswith(("text", "character", "citext")):
        return f"x{value}"[:20] if "(" in column.type else f"x{value}"
    return value
