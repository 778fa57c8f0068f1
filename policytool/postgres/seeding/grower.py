"""Grows rows on one connection, and remembers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import structs

from policytool.catalog.model import Name
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified
from policytool.postgres.seeding.facts import Shapes
from policytool.postgres.seeding.growth import Growth
from policytool.postgres.seeding.insert import USERS, Mode, Row, Table, person
from policytool.postgres.seeding.model import Planted, Unfillable
from policytool.postgres.seeding.partitions import Bounds
from policytool.postgres.seeding.solve import Solver
from policytool.postgres.seeding.values import Values
from policytool.postgres.seeding.wish import Parents, Wish

if TYPE_CHECKING:
    from policytool.postgres.server import Connection


class Grower:
    """What all rows of one planting share."""

    def __init__(self, connection: Connection, catalog: Catalog, parents: Parents) -> None:
        self.connection, self.catalog = connection, catalog
        self.shapes = Shapes(catalog)
        self.values = Values(catalog)
        self.solver = Solver(connection, self.values)
        self.bounds = Bounds(connection, catalog)
        self.parents = parents
        self.growing: list[Name] = []
        self.people: dict[str, Mode] = {}
        self._tables: dict[Name, Table] = {}
        self._counts: dict[Name, int] = {}
        self._known: dict[tuple[Name, tuple[str | None, ...]], str] = {}

    def table(self, name: Name) -> Table:
        """The table on the connection."""
        if name not in self._tables:
            self._tables[name] = Table(self.connection, self.shapes[name])
        return self._tables[name]

    def count(self, names: Iterable[Name]) -> None:
        """Look how many rows these tables have, all at once."""
        asked = [name for name in dict.fromkeys(names) if name not in self._counts]
        if asked:
            counts = ", ".join(f"(select count(*) from {qualified(*name)})" for name in asked)
            found = self.connection.execute(f"select array[{counts}]".encode()).fetchone()
            self._counts.update(zip(asked, found[0] if found else [], strict=True))

    def number(self, name: Name) -> int:
        """The number of the next row of a table, the rows that are there already included."""
        self.count([name])
        self._counts[name] += 1
        return self._counts[name]

    def grow(self, wish: Wish, handle: str) -> Planted:
        """Put the row there; where as much cannot be filled as was wished, less is. Raises Unfillable."""
        self.growing.append(wish.shape.name)
        try:
            try:
                planted = Growth(self, wish, handle).grown()
            except Unfillable:
                if wish.fill == "needed":
                    raise
                planted = Growth(self, structs.replace(wish, fill="needed"), handle).grown()
        finally:
            self.growing.pop()
        self.know(planted)
        return planted

    def change(self, planted: Planted, values: Row) -> Planted:
        """Give a planted row other values. Raises Unfillable."""
        wish = Wish(shape=self.shapes[planted.table], seed="", n=0, given=values)
        found = Growth(self, wish, planted.handle).updated(planted.row, values)
        return structs.replace(found, notes=(*planted.notes, *found.notes))

    def know(self, planted: Planted) -> None:
        """Remember a row."""
        name = planted.table
        self._known.setdefault((name, self.table(name).identity(planted.row)), planted.handle)
        if name == USERS and planted.row.get("id"):
            self.people[str(planted.row["id"])] = person(planted.row)

    def owner(self, name: Name, row: Row) -> str | None:
        """The handle of a row that was planted."""
        return self._known.get((name, self.table(name).identity(row)))

    def now(self, rows: Iterable[Planted]) -> Iterator[Planted]:
        """Rows after all that triggers did to them since, in the order in which they came."""
        listed = list(rows)
        by_table: dict[Name, list[Planted]] = {}
        for planted in listed:
            by_table.setdefault(planted.table, []).append(planted)
        there = {
            (name, self.table(name).identity(row)): row
            for name, several in by_table.items()
            for row in self.table(name).again([planted.row for planted in several])
        }
        for planted in listed:
            row = there.get((planted.table, self.table(planted.table).identity(planted.row)))
            yield planted if row is None else structs.replace(planted, row=row)
