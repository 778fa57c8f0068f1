"""One row grown: what is given stays, the rest is made up, and mended as long as the server says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal, Protocol

from msgspec import Struct, field, structs

from policytool.catalog.model import Column, Name
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified
from policytool.postgres.seeding.facts import Check, Key, Shape, Shapes, Unique
from policytool.postgres.seeding.insert import PLAIN, SERVICE, USERS, WITHOUT, Mode, Refused, Row, Table, person
from policytool.postgres.seeding.model import Planted, Unfillable
from policytool.postgres.seeding.partitions import Bounds
from policytool.postgres.seeding.people import enriched, signed_up
from policytool.postgres.seeding.solve import Solver
from policytool.postgres.seeding.values import Spot, Values, key_of

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

Fill = Literal["needed", "keys", "all"]

_TRIES: Final = 24
_RANDOM: Final = re.compile(r"uuid|random|gen_|nanoid|cuid|ulid", re.IGNORECASE)
_VALUES: Final = "22"  # the class of errors about values
NOT_NULL: Final = "23502"
_FOREIGN: Final = "23503"
_TAKEN: Final = frozenset(("23505", "23P01"))
_CHECK: Final = "23514"


class Wish(Struct, frozen=True, kw_only=True):
    """A row to grow. `fill` says which columns that may be null are filled; `keep` names more of them.

    `n` is its number in the table, `seed` the text that its keys are made of, `kin` the rows that it refers to.
    """

    shape: Shape
    seed: str
    n: int
    given: Row = field(default_factory=dict)
    fill: Fill = "needed"
    keep: frozenset[str] = frozenset()
    kin: tuple[Planted, ...] = ()
    row: int = 1


class Parents(Protocol):
    """Where the rows come from that others refer to."""

    def find(self, grower: Grower, wish: Wish, key: Key, fixed: Row, fresh: int) -> Mapping[str, str | None]:
        """The row of the other table that has these values; with `fresh`, another for each number.

        Raises Unfillable where there is none.
        """


class Grower:
    """Grows rows on one connection, and remembers them."""

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

    def number(self, name: Name) -> int:
        """The number of the next row of a table, the rows that are there already included."""
        if name not in self._counts:
            found = self.connection.execute(f"select count(*) from {qualified(*name)}".encode()).fetchone()
            self._counts[name] = int(found[0]) if found else 0
        self._counts[name] += 1
        return self._counts[name]

    def grow(self, wish: Wish, handle: str) -> Planted:
        """Put the row there; where as much cannot be filled as was wished, less is. Raises Unfillable."""
        name = wish.shape.name
        self.growing.append(name)
        try:
            while True:
                try:
                    planted = _Growth(self, wish, handle).grown()
                    break
                except Unfillable:
                    if wish.fill == "needed":
                        raise
                    wish = structs.replace(wish, fill="needed")
        finally:
            self.growing.pop()
        self.know(planted)
        return planted

    def know(self, planted: Planted) -> None:
        """Remember a row."""
        name = planted.table
        self._known.setdefault((name, self.table(name).identity(planted.row)), planted.handle)
        if name == USERS and planted.row.get("id"):
            self.people[str(planted.row["id"])] = person(planted.row)

    def now(self, planted: Planted) -> Planted:
        """A row after all that triggers did to it since."""
        row = self.table(planted.table).again(planted.row)
        return planted if row is None else structs.replace(planted, row=row)

    def changed(self, planted: Planted, values: Row) -> Planted:
        """Give a planted row other values. Raises Unfillable."""
        wish = Wish(shape=self.shapes[planted.table], seed="", n=0, given=values)
        row, mode = _Growth(self, wish, planted.handle).updated(planted.row)
        notes = (*planted.notes, mode.note) if mode.note else planted.notes
        return Planted(table=planted.table, handle=planted.handle, row=row, notes=notes)

    def owner(self, name: Name, row: Row) -> str | None:
        """The handle of a row that was planted."""
        return self._known.get((name, self.table(name).identity(row)))


class _Growth:
    """The attempts at one row."""

    def __init__(self, grower: Grower, wish: Wish, handle: str) -> None:
        self._grower, self._wish, self._handle = grower, wish, handle
        self._shape, self._table = wish.shape, grower.table(wish.shape.name)
        self._row: Row = dict(wish.given)
        self._modes: Iterator[Mode] | None = None
        self._fresh = 0
        self._tries = 0
        self._why = ""
        self._enriched = False
        self._bounds: Sequence[Sequence[Check]] | None = None
        self._bound = 0

    def grown(self) -> Planted:
        self._begin()
        mode = PLAIN
        seen: list[str] = []
        for self._tries in range(_TRIES):
            try:
                row = self._table.insert(self._row, self._wish.given, mode)
                return self._planted(row, mode)
            except Refused as error:
                seen.append(str(error))
                if self._is_outside(error):
                    mode = self._next_mode(mode, error)
                    self._why = str(error)
                    continue
                adopted = self._mended(error)
                if adopted is not None:
                    return adopted
        raise Unfillable(seen[-1] if seen else "nothing was tried")

    def _planted(self, row: Row, mode: Mode) -> Planted:
        notes = (f"{mode.note}: {self._why}",) if mode.note else ()
        return Planted(table=self._shape.name, handle=self._handle, row=row, notes=notes)

    # What the row begins as

    def _begin(self) -> None:
        for name in self._wish.given:
            column = self._shape.columns.get(name)
            if column is None:
                raise Unfillable(f"{qualified(*self._shape.name)} has no column {name}")
            if column.generated is not None:
                raise Unfillable(f"{name} is generated, so it cannot be given")
        if self._shape.name == USERS:
            self._row = {**signed_up(self._shape, self._handle, self._wish.seed), **self._row}
        for name, column in self._shape.columns.items():
            if name not in self._row and name not in self._shape.keyed and self._is_filled(column):
                self._row[name] = self._made(column)
        for key in self._shape.keys:
            self._refer(key)
        for name in self._shape.keyed - self._row.keys():
            column = self._shape.columns[name]
            if column.not_null and column.default is None and column.identity is None:
                self._row[name] = self._made(column)

    def _is_filled(self, column: Column) -> bool:
        if column.generated is not None or column.identity is not None:
            return False
        if column.default is not None:
            if "nextval(" in column.default:
                return False
            if column.type in ("uuid", "text"):
                return _RANDOM.search(column.default) is not None
            return self._wish.fill == "all" and self._is_single(column)
        return column.not_null or self._wish.fill == "all" or column.name in self._wish.keep

    def _is_single(self, column: Column) -> bool:
        """Whether each row needs a value of its own, which no constant default gives."""
        singles = {unique.columns for unique in self._shape.uniques}
        return (column.name,) in singles and "(" not in (column.default or "")

    def _made(self, column: Column) -> str | None:
        for text in self._offered(column):
            shown = self._grower.solver.takes(self._shape, column.name, text)
            if shown is not None:
                return text
        if column.not_null and column.default is None:
            raise Unfillable(f"no value is known for {column.name} of the type {column.type}")
        return None

    def _offered(self, column: Column, *, alone: bool = True, further: int = 0) -> list[str]:
        """Values for a column; for those that choose from a list, the list turned by the number of the row."""
        wish, shape = self._wish, self._shape
        told = shape.told(column.name, alone=alone)
        n = wish.n + further * 7919
        spot = Spot(
            name=column.name,
            place=list(shape.columns).index(column.name),
            n=n,
            seed=f"{wish.seed}{f'~{further}' if further else ''}",
            told=told,
            full=wish.fill == "all",
        )
        found = self._grower.values.of(column.type, spot)
        turn = self._turn(column, told.choices)
        return found[wish.n % turn : turn] + found[: wish.n % turn] + found[turn:] if turn else found

    def _turn(self, column: Column, choices: Sequence[str]) -> int:
        if self._wish.fill != "all":
            return 0
        labels = self._grower.values.labels(column.type)
        return len(labels) if labels else 2 if column.type == "boolean" else len(choices)

    # What it refers to

    def _refer(self, key: Key) -> None:
        open_ = [name for name in key.columns if name not in self._row]
        if not open_ or any(self._row.get(name, "") is None for name in key.columns):
            return
        columns = [self._shape.columns[name] for name in open_]
        needed = any(column.not_null and column.default is None and column.identity is None for column in columns)
        wanted = self._wish.fill != "needed" or any(name in self._wish.keep for name in open_)
        if needed or (wanted and not any(column.default for column in columns)):
            try:
                self._take(key, 0)
            except Unfillable:
                if needed:
                    raise

    def _take(self, key: Key, fresh: int) -> None:
        """Refer to a row of the other table that has what is known of the key."""
        given = self._wish.given
        known = given if fresh else self._row
        pairs = list(zip(key.columns, key.far, strict=True))
        fixed = {far: known[near] for near, far in pairs if near in known}
        if key.to == self._shape.name and not fixed and not fresh and self._refers_to_itself(pairs):
            return
        if key.to not in self._grower.shapes:
            raise Unfillable(f"{qualified(*key.to)}, which {key.name} refers to, is not known")
        found = self._grower.parents.find(self._grower, self._wish, key, fixed, fresh)
        self._row.update({near: found[far] for near, far in pairs})

    def _refers_to_itself(self, pairs: list[tuple[str, str]]) -> bool:
        """Whether the row can refer to itself, as it has to where it may be the first."""
        if not all(near in self._shape.required for near, _ in pairs):
            return False
        for near, far in pairs:
            if far not in self._row:
                self._row[far] = self._made(self._shape.columns[far])
            self._row[near] = self._row[far]
        return True

    # What is wrong with it

    def _is_outside(self, error: Refused) -> bool:
        """Whether it was not the row itself that was refused, but what a function of the project does or says."""
        if error.sqlstate == NOT_NULL and self._row.get(error.column) is not None:
            return True  # it was not null when it was sent
        return error.inner or (error.table is not None and error.table not in (self._shape.name, *self._bounds_of()))

    def _bounds_of(self) -> tuple[Name, ...]:
        return self._grower.bounds.leaves(self._shape.name) if self._shape.table.kind == "partitioned table" else ()

    def _next_mode(self, mode: Mode, error: Refused) -> Mode:
        if self._shape.name == USERS and not self._enriched and "raw_user_meta_data" not in self._wish.given:
            self._enriched = True
            self._row["raw_user_meta_data"] = enriched(self._grower.catalog, self._shape, self._wish.n)
            return mode
        if self._modes is None:
            self._modes = iter(self._further_modes())
        following = next(self._modes, None)
        if following is None:
            raise Unfillable(str(error))
        return following

    def _further_modes(self) -> Iterator[Mode]:
        people = self._grower.people
        told = dict.fromkeys(text for text in self._row.values() if text is not None and text in people)
        yield from (people[text] for text in list(told)[:2])
        yield SERVICE
        yield WITHOUT

    def _mended(self, error: Refused) -> Planted | None:
        """Change what the server complains of; a row that is there already may be the wanted one."""
        code = error.sqlstate
        if code == NOT_NULL:
            self._fill(error)
        elif code == _FOREIGN:
            self._make_parent(error)
        elif code in _TAKEN:
            return self._make_way(error)
        elif code == _CHECK:
            self._satisfy(error)
        elif code.startswith(_VALUES):
            self._replace_what_does_not_fit(error)
        else:
            raise Unfillable(str(error))
        return None

    def _fill(self, error: Refused) -> None:
        name = error.column
        if not name or name in self._wish.given or name not in self._shape.columns:
            raise Unfillable(str(error))
        for key in self._shape.keys:
            if name in key.columns:
                self._take(key, 0)
                return
        self._row[name] = self._made(self._shape.columns[name])

    def _make_parent(self, error: Refused) -> None:
        """A key that was given has no row to refer to: make it."""
        key = next((key for key in self._shape.keys if key.name == error.constraint), None)
        if key is None or self._tries > _TRIES // 2:
            raise Unfillable(str(error))
        for name in key.columns:
            column = self._shape.columns[name]
            if name not in self._row and column.default:
                self._row[name] = self._grower.solver.evaluated(column.default, column.type)
        self._take_given(key)

    def _take_given(self, key: Key) -> None:
        fixed = {far: self._row.get(near) for near, far in zip(key.columns, key.far, strict=True)}
        self._grower.parents.find(self._grower, self._wish, key, fixed, 0)

    def _satisfy(self, error: Refused) -> None:
        more: Sequence[Check] = ()
        if self._shape.table.partition_of is not None or self._shape.table.kind == "partitioned table":
            more = self._bounded(error)
        self._solve(error, more)

    def _bounded(self, error: Refused) -> Sequence[Check]:
        """The bounds of a partition; where a row finds none, those of another each time."""
        if self._bounds is None:
            self._bounds = self._grower.bounds.of(self._shape)
        if not self._bounds:
            raise Unfillable(f"{qualified(*self._shape.name)} has no partition")
        if not error.constraint:
            self._bound += 1
        return self._bounds[(self._bound - 1) % len(self._bounds)]

    def _solve(self, error: Refused, more: Sequence[Check] = ()) -> None:
        found = self._grower.solver.solve(self._shape, error.constraint, self._offer, more)
        if found is None:
            raise Unfillable(str(error))
        for name, text in found.items():
            if name in self._row or text is not None or self._shape.columns[name].default is not None:
                self._row[name] = text

    def _offer(self, name: str) -> list[str | None]:
        """What a column may be instead; only what it is, where that was given or is of a key of several columns."""
        column, wish = self._shape.columns[name], self._wish
        if name in wish.given:
            return [wish.given[name]]
        now = self._now(column)
        if name in self._shape.keyed:
            return self._offer_key(column, now)
        bounds = self._grower.bounds
        offered = self._offered(column, alone=False) + bounds.offered(column, self._bounds, wish.n)
        offered += self._offered(column, alone=False, further=self._tries + 1)[:8]
        last: list[str | None] = [] if column.not_null else [None]
        return list(dict.fromkeys([*now, *offered, *last]))

    def _now(self, column: Column) -> list[str | None]:
        if column.name in self._row:
            return [self._row[column.name]]
        if column.default is not None and "nextval(" not in column.default:
            return [self._grower.solver.evaluated(column.default, column.type)]
        return [] if column.not_null else [None]

    def _offer_key(self, column: Column, now: list[str | None]) -> list[str | None]:
        keys = [key for key in self._shape.keys if column.name in key.columns]
        if len(keys) != 1 or len(keys[0].columns) != 1:
            return now or [None]
        if now in ([], [None]):
            before = dict(self._row)
            try:
                self._take(keys[0], 0)
                now = [*now, self._row.get(column.name)]
            except Unfillable:
                return now or [None]
            finally:
                self._row = before
        return now if column.not_null or None in now else [*now, None]

    def _make_way(self, error: Refused) -> Planted | None:
        """Another row has the key: it is the wanted one where nothing can be changed, else this one gets another."""
        unique = next((one for one in self._shape.uniques if one.name == error.constraint), None)
        if unique is None:
            self._solve(error)
            return None
        open_ = [name for name in unique.columns if name not in self._wish.given]
        if all(name in self._shape.keyed for name in open_):
            adopted = self._adopted(unique, error)
            if adopted is not None:
                return adopted
        if any(name not in self._shape.keyed for name in open_):
            try:
                self._solve(error)
                return None
            except Unfillable:
                if not any(name in self._shape.keyed for name in open_):
                    raise
        self._refer_elsewhere(open_, error)
        return None

    def _adopted(self, unique: Unique, error: Refused) -> Planted | None:
        """The row that is there with the same key, unless it was planted; it gets what was given."""
        there = self._table.find({name: self._row.get(name) for name in unique.columns})
        if there is None:
            return None
        owner = self._grower.owner(self._shape.name, there)
        if owner is not None:
            if all(name in self._wish.given for name in unique.columns):
                raise Unfillable(f"{owner} has the same {', '.join(unique.columns)} ({error})")
            return None
        return self._planted(*self.updated(there))

    def updated(self, there: Row) -> tuple[Row, Mode]:
        """The row with what was given."""
        shown = {name: self._shown(name, text) for name, text in self._wish.given.items()}
        changed = {name: self._wish.given[name] for name, text in shown.items() if there[name] != text}
        if not changed:
            return there, PLAIN
        mode = PLAIN
        while True:
            try:
                return self._table.update(there, changed, mode), mode
            except Refused as error:
                if not self._is_outside(error):
                    raise Unfillable(str(error)) from None
                mode = self._next_mode(mode, error)

    def _shown(self, name: str, text: str | None) -> str | None:
        return None if text is None else self._grower.solver.takes(self._shape, name, text)

    def _refer_elsewhere(self, open_: list[str], error: Refused) -> None:
        """Refer to another row: of whom there may be several sooner than of a person."""
        keys = [key for key in self._shape.keys if set(key.columns) & set(open_)]
        keys.sort(key=lambda key: key.to == USERS)
        if not keys or self._fresh > 4:
            raise Unfillable(str(error))
        self._fresh += 1
        self._take(keys[0], self._fresh)

    def _replace_what_does_not_fit(self, error: Refused) -> None:
        changed = False
        for name, text in list(self._row.items()):
            if text is None or self._grower.solver.takes(self._shape, name, text) is not None:
                continue
            if name in self._wish.given:
                raise Unfillable(f"{name} cannot be {text}: {error}")
            self._row[name] = self._made(self._shape.columns[name])
            changed = True
        if not changed:
            raise Unfillable(str(error))


def default_seed(name: Name, handle: str) -> str:
    """The text that the keys of a row are made of."""
    return key_of(f"{qualified(*name)}:{handle}")
