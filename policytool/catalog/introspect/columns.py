"""Columns of tables, views and composite types."""

from __future__ import annotations

from typing import Final, Literal

from msgspec.structs import replace

from policytool.catalog.introspect.reading import Reading
from policytool.catalog.introspect.server import Row
from policytool.catalog.introspect.texts import Expressions
from policytool.catalog.model import Column, Name
from policytool.catalog.spelling import qualified

_IDENTITY: Final[dict[str, Literal["ALWAYS", "BY DEFAULT"]]] = {"a": "ALWAYS", "d": "BY DEFAULT"}
_STORAGE: Final = {"p": "PLAIN", "e": "EXTERNAL", "m": "MAIN", "x": "EXTENDED"}
_COMPRESSION: Final = {"p": "pglz", "l": "lz4"}


class Columns:
    """Makes the columns of one relation after the other."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._rows: dict[int, list[Row]] = {}
        for row in reading.rows["columns"]:
            self._rows.setdefault(row["relation"], []).append(row)
        self._expressions = Expressions(reading.names, (row["expression"] for row in reading.rows["columns"]))

    def of(self, relation: int, table: Name | None = None) -> tuple[Column, ...]:
        """The columns of a relation by its OID; `table` is its name where expressions may use its columns."""
        return tuple(self._column(row, table) for row in self._rows.get(relation, ()))

    def of_view(self, view: int) -> tuple[Column, ...]:
        """The columns of a view. Their collations follow from the query; nobody can declare them."""
        return tuple(replace(column, collation=None) for column in self.of(view))

    def _column(self, row: Row, table: Name | None) -> Column:
        kind, generated = row["type"], row["generated"] != ""
        # A default may use no column; the expression of a generated column may.
        text = self._expressions.canonical(row["expression"], table if generated else None, expected=kind)
        return Column(
            name=row["name"],
            type=kind,
            not_null=row["not_null"],
            default=None if generated else text,
            identity=_IDENTITY.get(row["identity"]),
            generated=text if generated else None,
            generated_stored=row["generated"] != "v",
            collation=collation(row),
            inherited=row["inherited"],
            local=row["local"],
            storage=_STORAGE.get(row["storage"]),
            compression=_COMPRESSION.get(row["compression"]),
            statistics=None if row["statistics"] in (None, -1) else row["statistics"],
            options=(*(row["options"] or ()), *(row["fdw_options"] or ())),
            comment=self._reading.comment("pg_class", row["relation"], row["number"]),
        )


def collation(row: Row) -> str | None:
    """The collation of a column or domain, where it is not that of its type."""
    if row["collation"] is None:
        return None
    schema = row["collation_schema"]
    return qualified(None if schema == "pg_catalog" else schema, row["collation"])
