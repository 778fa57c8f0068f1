"""Rows with handles: those that are wanted, after the rows that they refer to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from policytool.catalog.model import Name
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified
from policytool.postgres.seeding.facts import Key, Shape, Shapes, order
from policytool.postgres.seeding.grower import Grower
from policytool.postgres.seeding.insert import USERS, Row
from policytool.postgres.seeding.model import Harvest, Planted, Ref, Unfillable, Wanted
from policytool.postgres.seeding.wish import Wish, seed_of

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

_PEOPLE = frozenset(("users", "user", "profiles", "profile", "people", "persons", "accounts", "members", "customers"))


def plant(connection: Connection, catalog: Catalog, wanted: Sequence[Wanted]) -> Harvest:
    """Insert the rows, whatever order they come in.

    The connection's role is past row level security, may write, and may disable triggers where that is needed. Claims
    that a trigger asked for are empty on the connection afterwards, where they were unset.
    """
    twice = [handle for handle, count in Counter(one.handle for one in wanted).items() if count > 1]
    if twice:
        raise ValueError(f"two rows have the same handle: {twice[0]}")
    return _Planter(connection, catalog, wanted).harvest()


class MadeUp:
    """Parents that nobody wants: one for each table, and further ones where a key needs them."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._made: dict[tuple[Name, tuple[tuple[str, str | None], ...], int], Planted] = {}

    @property
    def rows(self) -> tuple[Planted, ...]:
        return tuple(self._made.values())

    def find(self, grower: Grower, wish: Wish, key: Key, fixed: Row, fresh: int) -> Mapping[str, str | None]:
        """The shared row, or what the rows say that this one refers to."""
        if not fresh and not fixed and (told := kindred(grower.shapes, wish, key)) is not None:
            return told
        at = (key.to, tuple(sorted(fixed.items())), fresh)
        if at not in self._made:
            self._made[at] = self._grown(grower, key, fixed, fresh)
        return self._made[at].row

    def _grown(self, grower: Grower, key: Key, fixed: Row, fresh: int) -> Planted:
        name = key.to
        if name in grower.growing[:-1] or grower.growing.count(name) > 1:
            raise Unfillable(f"{qualified(*name)} has no row to refer to")
        n = grower.number(name)
        handle = f"{self._prefix}{name[1]} {n}"
        given: Row = {far: text for far, text in fixed.items() if text is not None}
        wish = Wish(shape=grower.shapes[name], seed=seed_of(name, handle), n=n, given=given)
        try:
            return grower.grow(wish, handle)
        except Unfillable as why:
            there = None if fresh else grower.table(name).find(given)
            if there is None:
                raise Unfillable(f"{qualified(*name)} has no row to refer to: {why}") from None
            return Planted(table=name, handle=handle, row=there)


def kindred(shapes: Shapes, wish: Wish, key: Key) -> dict[str, str | None] | None:
    """What a row that is referred to says in a column of the same name: a task is of the tenant that its project is of.

    Not so of people: who wrote a comment is not who wrote what it is about.
    """
    if is_person(shapes, key.to):
        return None
    for row in wish.kin:
        for other in shapes[row.table].keys:
            if other.to == key.to and other.columns == key.columns and other.far == key.far:
                found = {far: row.row[near] for near, far in zip(key.columns, key.far, strict=True)}
                if None not in found.values():
                    return found
    return None


def is_person(shapes: Shapes, name: Name) -> bool:
    """Whether the rows of a table are people: auth.users, what shares its key, or what is called so."""
    if name == USERS or name[1].lower() in _PEOPLE:
        return True
    shape = shapes[name]
    return any(key.to == USERS and key.columns == shape.primary for key in shape.keys)


class _Planter:
    def __init__(self, connection: Connection, catalog: Catalog, wanted: Sequence[Wanted]) -> None:
        self._parents = MadeUp()
        self._grower = Grower(connection, catalog, self._parents)
        tables = {one.table for one in wanted}
        places = {name: at for at, name in enumerate(order(catalog))} if len(tables) > 1 else {}
        last = len(places)
        self._wanted = {one.handle: one for one in sorted(wanted, key=lambda one: places.get(one.table, last))}
        self._grower.count(one.table for one in self._wanted.values() if one.table in catalog.tables)
        self._rows: dict[str, Planted] = {}
        self._failed: dict[str, str] = {}
        self._open: list[str] = []
        self._postponed: list[tuple[str, str, Ref]] = []

    def harvest(self) -> Harvest:
        for handle in self._wanted:
            self._plant(handle)
        for handle, column, ref in self._postponed:
            self._link(handle, column, ref)
        rows = dict(zip(self._rows, self._grower.now(self._rows.values()), strict=True))
        return Harvest(rows=rows, failed=self._failed, parents=tuple(self._grower.now(self._parents.rows)))

    def _plant(self, handle: str) -> None:
        if handle in self._rows or handle in self._failed:
            return
        one = self._wanted[handle]
        self._open.append(handle)
        try:
            if one.table not in self._grower.shapes:
                raise Unfillable(f"there is no table {qualified(*one.table)}")
            self._rows[handle] = self._grower.grow(self._wish(one), handle)
        except Unfillable as why:
            self._failed[handle] = str(why)
        finally:
            self._open.pop()

    def _wish(self, one: Wanted) -> Wish:
        shape = self._grower.shapes[one.table]
        seed, kin = seed_of(one.table, one.handle), []
        given: Row = {}
        also: Row = {}
        for column, value in one.given.items():
            if column not in shape.columns:
                raise Unfillable(f"{qualified(*one.table)} has no column {column}")
            if not isinstance(value, Ref):
                given[column] = value
                continue
            row = self._referred(one, shape, column, value)
            if row is not None:
                kin.append(row)
                key = None if value.column else _key_to(shape, column, row.table)
                given[column] = row.row[self._far(row.table, shape, column, value)]
                if key is not None:
                    also |= {near: row.row[far] for near, far in zip(key.columns, key.far, strict=True)}
        return Wish(
            shape=shape,
            seed=seed,
            n=self._grower.number(one.table),
            given={**also, **given},
            kin=tuple(kin),
        )

    def _referred(self, one: Wanted, shape: Shape, column: str, ref: Ref) -> Planted | None:
        """The row of a reference; None where it comes later, and the reference with it."""
        if ref.handle not in self._rows and self._leads_back(ref.handle, one.handle):
            self._far(self._wanted[ref.handle].table, shape, column, ref)
            if column not in shape.required:
                self._postponed.append((one.handle, column, ref))
                return None
            if ref.handle in self._open:
                raise Unfillable(f"{one.handle} and {ref.handle} refer to each other, and {column} cannot be null")
        if ref.handle in self._wanted:
            self._plant(ref.handle)
        if ref.handle not in self._rows:
            why = "which has no row" if ref.handle in self._wanted else "which is nobody's handle"
            raise Unfillable(f"{column} refers to {ref.handle}, {why}")
        return self._rows[ref.handle]

    def _leads_back(self, handle: str, to: str) -> bool:
        """Whether a wanted row refers to another, however far around."""
        seen, queue = set[str](), [handle]
        while queue:
            now = queue.pop()
            if now == to:
                return True
            if now not in seen and now in self._wanted:
                seen.add(now)
                queue += [value.handle for value in self._wanted[now].given.values() if isinstance(value, Ref)]
        return False

    def _far(self, table: Name, shape: Shape, column: str, ref: Ref) -> str:
        """The column of the other table that a reference stands for."""
        key = None if ref.column else _key_to(shape, column, table)
        if key is not None:
            return key.far[key.columns.index(column)]
        other = self._grower.shapes[table]
        name = ref.column or (other.primary[0] if len(other.primary) == 1 else "id")
        if name not in other.columns:
            raise Unfillable(f"{column} refers to {ref.handle}.{name}, and {qualified(*table)} has no such column")
        return name

    def _link(self, handle: str, column: str, ref: Ref) -> None:
        """Let a row refer to one that was planted after it."""
        row, other = self._rows.get(handle), self._rows.get(ref.handle)
        if row is None or other is None:
            return
        far = self._far(other.table, self._grower.shapes[row.table], column, ref)
        try:
            linked = self._grower.change(row, {column: other.row[far]})
        except Unfillable as why:
            self._grower.table(row.table).delete(row.row)
            del self._rows[handle]
            self._failed[handle] = str(why)
        else:
            self._rows[handle] = linked


def _key_to(shape: Shape, column: str, table: Name) -> Key | None:
    """The foreign key of a column to a table."""
    return next((key for key in shape.keys if key.to == table and column in key.columns), None)
