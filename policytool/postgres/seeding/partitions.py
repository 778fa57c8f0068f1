"""The bounds of partitions, as conditions that a row has to satisfy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from policytool.catalog.expression.references import references
from policytool.catalog.model import Column, Name
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import literal, qualified
from policytool.postgres.seeding.constants import constants, joined
from policytool.postgres.seeding.facts import Check, Shape, leaves
from policytool.postgres.seeding.values import Spot, Values

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

_QUERY = "select pg_catalog.pg_get_partition_constraintdef({table}::pg_catalog.regclass)"


class Bounds:
    """What the partitions of a database hold."""

    def __init__(self, connection: Connection, catalog: Catalog) -> None:
        self._connection, self._catalog = connection, catalog
        self._values = Values(catalog)
        self._known: dict[Name, Check | None] = {}

    def of(self, shape: Shape) -> list[list[Check]]:
        """The bounds of the table itself, or of each of its partitions: any of them will do."""
        names = self.leaves(shape.name) if shape.table.kind == "partitioned table" else (shape.name,)
        return [[check] for name in names if (check := self._check(name)) is not None]

    def leaves(self, name: Name) -> tuple[Name, ...]:
        """The partitions that hold the rows of a table."""
        return tuple(leaves(self._catalog, name))

    def offered(self, column: Column, bounds: Sequence[Sequence[Check]] | None, n: int) -> list[str]:
        """Values of a column near those that the bounds name."""
        texts = [check.expression for group in bounds or () for check in group if column.name in check.columns]
        if not texts:
            return []
        told = joined(tuple(map(constants, texts[:12])))
        return self._values.of(column.type, Spot(name=column.name, place=0, n=n, seed=f"{n}", told=told))

    def _check(self, name: Name) -> Check | None:
        if name not in self._known:
            query = _QUERY.format(table=literal(qualified(*name)))
            found = self._connection.execute(query.encode()).fetchone()
            text = found[0] if found else None
            columns = tuple(sorted(references(text).own_columns)) if text else ()
            self._known[name] = Check(name="", expression=text, columns=columns, strict=True) if text else None
        return self._known[name]
