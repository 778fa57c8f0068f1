"""What tells the rows of a table apart."""

from __future__ import annotations

from policytool.catalog.model import Table


def primary_key(table: Table) -> tuple[str, ...]:
    """The columns of the primary key; none where there is none."""
    return next((c.columns for c in table.constraints if c.kind == "PRIMARY KEY"), ())
