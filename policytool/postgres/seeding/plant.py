"""Rows with handles: those that are wanted, after the rows that they refer to."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from policytool.catalog.model import Constraint, Name, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier, literal, qualified
from policytool.postgres.seed_values import ATTEMPTS, Generator
from policytool.postgres.seeding.model import Harvest, Planted, Ref, Unfillable, Wanted

if TYPE_CHECKING:
    from policytool.postgres.server import Connection


def plant(connection: Connection, catalog: Catalog, wanted: Sequence[Wanted]) -> Harvest:
    """Insert the rows, whatever order they come in. The connection's role is past row level security and may write."""
    planter = _Planter(connection, catalog)
    by_handle = {one.handle: one for one in wanted}
    needs = {
        one.handle: {v.handle for v in one.given.values() if isinstance(v, Ref) and v.handle in by_handle}
        for one in wanted
    }
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError:
        order = list(by_handle)
    for handle in order:
        planter.wanted(by_handle[handle])
    return Harvest(rows=planter.rows, failed=planter.failed)


class _Planter:
    def __init__(self, connection: Connection, catalog: Catalog) -> None:
        self._connection, self._catalog = connection, catalog
        self._generator = Generator(catalog)
        self._parents: dict[Name, Planted] = {}
        self._serials: dict[Name, int] = {}
        self.rows: dict[str, Planted] = {}
        self.failed: dict[str, str] = {}

    def wanted(self, one: Wanted) -> None:
        try:
            table = self._catalog.tables.get(one.table)
            if table is None:
                raise Unfillable(f"there is no table {qualified(*one.table)}")
            given = {c: self._resolved(table, c, v) if isinstance(v, Ref) else v for c, v in one.given.items()}
            self.rows[one.handle] = self._make(table, one.handle, given)
        except Unfillable as why:
            self.failed[one.handle] = str(why)

    def _resolved(self, table: Table, column: str, ref: Ref) -> str | None:
        row = self.rows.get(ref.handle)
        if row is None:
            raise Unfillable(f"{column} refers to {ref.handle}, which has no row")
        for constraint in () if ref.column else table.constraints:
            other = constraint.reference
            if other and column in constraint.columns and (other.schema, other.table) == row.table:
                return row.row[other.columns[constraint.columns.index(column)]]
        keys = [c.columns for c in self._catalog.tables[row.table].constraints if c.kind == "PRIMARY KEY"]
        name = ref.column or (keys[0][0] if keys else "id")
        if name not in row.row:
            raise Unfillable(f"{column} refers to {ref.handle}.{name}, and {qualified(*row.table)} has no such column")
        return row.row[name]

    def _make(self, table: Table, handle: str, given: dict[str, str | None]) -> Planted:
        import psycopg

        key = (table.schema, table.name)
        why = ""
        for attempt in range(ATTEMPTS):
            self._serials[key] = serial = self._serials.get(key, 0) + 1
            values = self._values(table, handle, given, serial, attempt)
            names, texts = ", ".join(map(identifier, values)), ", ".join(map(_constant, values.values()))
            what = f"({names}) values ({texts})" if values else "default values"
            shown = ", ".join(f"{identifier(c.name)}::text" for c in table.columns)
            text = f"insert into {qualified(*key)} {what} returning ctid::text{', ' if shown else ''}{shown}"
            try:
                with self._connection.transaction():
                    found = self._connection.execute(text.encode()).fetchone()
            except psycopg.Error as error:
                why = error.diag.message_primary or str(error)
                continue
            if found is not None:
                row = dict(zip(["ctid", *(c.name for c in table.columns)], found, strict=True))
                return Planted(table=key, handle=handle, row=row)
        raise Unfillable(why)

    def _values(
        self, table: Table, handle: str, given: dict[str, str | None], serial: int, attempt: int
    ) -> dict[str, str | None]:
        values = dict(given)
        required = {c.name for c in table.columns if c.not_null}
        keyed = {n for c in table.constraints if c.kind == "PRIMARY KEY" for n in c.columns}
        for constraint in table.constraints:
            if constraint.reference and required & set(constraint.columns) - set(values):
                values = self._parent(constraint) | values
        for column in table.columns:
            if column.name in values or column.generated or column.identity:
                continue
            if column.type == "uuid" and column.name in keyed:
                values[column.name] = str(uuid5(NAMESPACE_URL, f"{qualified(table.schema, table.name)}:{handle}"))
            elif column.not_null and column.default is None:
                values[column.name] = self._generator.value(table, column, serial, attempt)
        return values

    def _parent(self, constraint: Constraint) -> dict[str, str | None]:
        reference = constraint.reference
        assert reference is not None
        other = (reference.schema, reference.table)
        if other not in self._parents:
            self._parents[other] = self._make(self._catalog.tables[other], f"parent of {constraint.name}", {})
        row = self._parents[other].row
        return {c: row[far] for c, far in zip(constraint.columns, reference.columns, strict=True)}


def _constant(value: str | None) -> str:
    return "null" if value is None else literal(value)
