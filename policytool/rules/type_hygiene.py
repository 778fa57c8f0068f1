"""Columns of a table have types that are regretted later."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.wording import and_list
from policytool.catalog.model import Column, Table
from policytool.finding import Finding, table_ref
from policytool.rule import Context, TableRule

_SHOWN = 4


class TypeHygiene(TableRule):
    """Columns of a table have types that are regretted later."""

    name = "type-hygiene"
    severity = "info"
    concern = "correctness"
    persona = "auditor"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Once for each table, with what would be better for each column."""
        if table.kind == "foreign table" or table.partition_of is not None:
            return
        keys = {c for k in table.constraints if k.kind == "PRIMARY KEY" for c in k.columns if len(k.columns) == 1}
        found = [
            (column, better)
            for column in table.columns
            if not column.inherited and (better := _better(column, column.name in keys)) is not None
        ]
        if found:
            shown = [f"{column.name} {better}" for column, better in found[:_SHOWN]]
            more = [f"{len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
            yield self.finding(
                table_ref(table),
                f"in {table.schema}.{table.name} {and_list([*shown, *more])}",
                at=found[0][0].made or table.made,
            )


def _better(column: Column, key: bool) -> str | None:
    """What the type is, and what speaks against it."""
    kind = column.type.partition("(")[0].partition("[")[0].strip()
    limit = column.type[len(kind) :].strip() if "(" in column.type else ""
    serial = column.identity is not None or (column.default or "").startswith("nextval(")
    match kind:
        case "integer" | "smallint" if key and serial:
            return f"is {kind} (runs out of numbers; bigint does not)"
        case "timestamp without time zone" | "timestamp" if "without" in column.type:
            return "is timestamp (means another time in each zone; timestamptz does not)"
        case "character":
            return f"is char{limit} (is padded with spaces; text is not)"
        case "character varying" if limit:
            return f"is varchar{limit} (a limit is easier to change as a check of a text)"
        case "json":
            return "is json (cannot be compared or indexed; jsonb can)"
        case "money":
            return "is money (depends on a setting of the server; numeric does not)"
    return None
