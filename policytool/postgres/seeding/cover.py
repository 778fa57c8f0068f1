"""A row in every table for one world: foreign keys stay within it, and columns that decide get a row for each value.

    ann = plant(connection, catalog, [Wanted(table=("auth", "users"), handle="ann")]).rows["ann"]
    cover(connection, catalog, World(name="a", rows=(ann,), choices={("public", "posts"): ("status",)}))

Foreign keys refer to the rows of the world, null or not, so rows are Ann's wherever a key says whose they are; where
only a policy does, `given` says it. Two worlds share nothing: every key has another number, text or uuid in each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct, field

from policytool.catalog.model import Name
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified
from policytool.postgres.seeding.facts import Key, Shape, leaves, order
from policytool.postgres.seeding.grower import Grower
from policytool.postgres.seeding.insert import Row
from policytool.postgres.seeding.model import Harvest, Planted, Unfillable
from policytool.postgres.seeding.plant import MadeUp
from policytool.postgres.seeding.values import Spot, Values
from policytool.postgres.seeding.wish import Wish, seed_of

if TYPE_CHECKING:
    from policytool.postgres.server import Connection


class World(Struct, frozen=True, kw_only=True):
    """Whose rows are made: all keys come from the name.

    `rows` are there already, such as that of a person, and are referred to; `given` fixes columns; for each column in
    `choices` there is a row for each of its values. Without `tables` all of the user's are covered.
    """

    name: str
    rows: tuple[Planted, ...] = ()
    given: Mapping[Name, Mapping[str, str | None]] = field(default_factory=dict)
    choices: Mapping[Name, Collection[str]] = field(default_factory=dict)
    tables: Collection[Name] | None = None


def handle_of(world: str, table: Name, column: str = "", value: str | None = None) -> str:
    """The handle of a row that `cover` plants: the table's own, or that for a value of a column."""
    own = f"{world}.{qualified(*table)}"
    return f"{own}[{column}={'null' if value is None else value}]" if column else own


def choices(catalog: Catalog, table: Name, column: str) -> tuple[str | None, ...]:
    """The values that a column may choose from: labels, true and false, what a check lists; else a value and null."""
    return _choices(Shape(catalog.tables[table]), Values(catalog), column)


def _choices(shape: Shape, values: Values, column: str) -> tuple[str | None, ...]:
    found = shape.columns[column]
    listed: Sequence[str] = values.labels(found.type) or shape.told(column, alone=True).choices
    if not listed:
        offered = values.of(found.type, Spot(name=column, place=0, n=1, seed=f"{qualified(*shape.name)}.{column}"))
        listed = offered[:2] if found.type == "boolean" else offered[:1]
    return (*listed, *(() if found.not_null else (None,)))


def cover(connection: Connection, catalog: Catalog, world: World) -> Harvest:
    """Plant the rows of a world; `failed` says which could not be, and why.

    The connection is as for `plant`.
    """
    return _Covering(connection, catalog, world).harvest()


class _Within:
    """Parents of the same world: the row of the table, one that is made up where there is none."""

    def __init__(self, world: str) -> None:
        self.first: dict[Name, Planted] = {}
        self.late: list[tuple[Name, Key]] = []
        self.made = MadeUp(f"{world} ")
        self.cover: Callable[[Name], None] = lambda _: None
        self.awaits: Callable[[Name], bool] = lambda _: False

    def find(self, grower: Grower, wish: Wish, key: Key, fixed: Row, fresh: int) -> Mapping[str, str | None]:
        """The world's row, where it has what is known of the key."""
        if not fresh and key.to not in self.first:
            self._begin(wish, key)
        own = self.first.get(key.to)
        if own is not None and not fresh and all(own.row[far] == text for far, text in fixed.items()):
            return own.row
        return self.made.find(grower, wish, key, fixed, fresh)

    def _begin(self, wish: Wish, key: Key) -> None:
        """Plant the world's row first. Where it is not needed it comes later, as the two are of a circle then."""
        if not self.awaits(key.to):
            return
        if wish.shape.required.issuperset(key.columns):
            self.cover(key.to)
            return
        self.late.append((wish.shape.name, key))
        raise Unfillable(f"{qualified(*key.to)} has no row to refer to yet")


class _Covering:
    def __init__(self, connection: Connection, catalog: Catalog, world: World) -> None:
        self._world, self._catalog = world, catalog
        self._parents = _Within(world.name)
        self._parents.cover, self._parents.awaits = self._cover, self._awaits
        self._grower = Grower(connection, catalog, self._parents)
        self._tables = frozenset(self._covered())
        self._rows: dict[str, Planted] = {}
        self._failed: dict[str, str] = {}
        for row in world.rows:
            self._grower.know(row)
            self._parents.first.setdefault(row.table, row)

    def harvest(self) -> Harvest:
        names = [name for name in order(self._catalog) if name in self._tables]
        self._grower.count(names)
        for name in names:
            self._cover(name)
        for name, key in self._parents.late:
            self._link(name, key)
        for name in names:
            first = self._rows.get(handle_of(self._world.name, name))
            for column, value in self._further(name, first) if first is not None else ():
                self._plant(name, handle_of(self._world.name, name, column, value), {column: value})
        rows = dict(zip(self._rows, self._grower.now(self._rows.values()), strict=True))
        return Harvest(rows=rows, failed=self._failed, parents=tuple(self._grower.now(self._parents.made.rows)))

    def _covered(self) -> Iterator[Name]:
        tables = self._world.tables
        for name, table in self._catalog.tables.items():
            if name in tables if tables is not None else table.origin is None:
                yield name

    def _awaits(self, name: Name) -> bool:
        """Whether the world's row of a table is still to come."""
        if name not in self._tables:
            return False
        parts = [name] if self._catalog.tables[name].kind == "table" else list(leaves(self._catalog, name))
        handles = [handle_of(self._world.name, part) for part in parts]
        return any(handle not in self._rows and handle not in self._failed for handle in handles)

    def _cover(self, name: Name) -> None:
        """Plant the row of a table, unless that was tried or is being done."""
        for one in leaves(self._catalog, name):
            self._cover(one)
        if self._catalog.tables[name].kind != "table" or not self._awaits(name) or name in self._grower.growing:
            return
        first = self._plant(name, handle_of(self._world.name, name), {})
        if first is not None:
            self._is_first(name, first)

    def _link(self, name: Name, key: Key) -> None:
        """Let a row refer to one that came after it."""
        handle = handle_of(self._world.name, name)
        row, other = self._rows.get(handle), self._parents.first.get(key.to)
        if row is None or other is None or name == key.to:
            return
        values = {near: other.row[far] for near, far in zip(key.columns, key.far, strict=True)}
        with suppress(Unfillable):
            self._rows[handle] = self._grower.change(row, values)

    def _plant(self, name: Name, handle: str, given: Mapping[str, str | None]) -> Planted | None:
        grower = self._grower
        wish = Wish(
            shape=grower.shapes[name],
            seed=seed_of(name, handle),
            n=grower.number(name),
            given={**self._world.given.get(name, {}), **given},
            fill="keys",
        )
        try:
            planted = self._rows[handle] = grower.grow(wish, handle)
        except Unfillable as why:
            self._failed[handle] = str(why)
            return None
        return planted

    def _is_first(self, name: Name, planted: Planted) -> None:
        """It is the world's row of the table, and of the tables that this one is a partition of."""
        above: Name | None = name
        while above is not None and above in self._catalog.tables:
            self._parents.first.setdefault(above, planted)
            above = self._catalog.tables[above].partition_of

    def _further(self, name: Name, first: Planted) -> Iterator[tuple[str, str | None]]:
        """The values that the first row does not show; where any value will do, it shows one or none."""
        for column in self._world.choices.get(name, ()):
            values = _choices(self._grower.shapes[name], self._grower.values, column)
            shown = first.row.get(column)
            any_will_do = len(values) == 2 and values[1] is None
            for value in values:
                if (value is None) != (shown is None) if any_will_do else value != shown:
                    yield column, value
