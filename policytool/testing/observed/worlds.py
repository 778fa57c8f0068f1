"""Two tenants' rows in every table, with a row for each value that policies switch on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from policytool.postgres.seeding import Ref, Wanted
from policytool.postgres.seeding.facts import order
from policytool.testing.observed.people import FOUNDER, MAINS, Person, World, others, people_of
from policytool.testing.observed.switches import Switches, is_own, joined, switches
from policytool.testing.observed.ties import (
    USERS,
    Key,
    Ties,
    default_of,
    highest,
    lowest,
    ties_of,
    unique_keys,
    values_of,
)

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.catalog.model import Column, Name, Table

_MOST: Final = 10  # rows of one table in one world besides the first
_ENDS: Final = re.compile(r"delet|bann|disabl|revok|archiv|block|suspend|remov|left|expir|reject|pending")
_PAST, _FUTURE = "2001-01-01", "2101-01-01"
Value = str | Ref | None


class Row(Struct, frozen=True, kw_only=True):
    """A wanted row and whose it is to be."""

    wanted: Wanted
    world: World
    person: str = ""


class Worlds(Struct, frozen=True, kw_only=True):
    """Who there is, and what rows there are to be. `untried`: values that no row can have, and why."""

    people: tuple[Person, ...]
    bystanders: tuple[Person, ...]
    rows: tuple[Row, ...]
    ties: Mapping[Name, Ties]
    switches: Switches
    tied: frozenset[Name]  # tables whose rows are somebody's, by what the schema says
    untried: tuple[str, ...] = ()


def worlds(access: Access, also: Switches | None = None) -> Worlds:
    """Plan the rows of both worlds for all tables of a catalog; with values that another's policies go by `also`."""
    known = switches(access) if also is None else joined(switches(access), also)
    ties = ties_of(access, known)
    people = people_of(access, ties, known)
    planner = _Planner(access, ties, known, people)
    rows = tuple(planner.rows())
    return Worlds(
        people=people,
        bystanders=(FOUNDER, *(p for w in MAINS for p in others(w))),
        rows=rows,
        ties=ties,
        switches=known,
        tied=frozenset(tied(ties, known)),
        untried=tuple(planner.untried),
    )


def handle(key: Name, whose: str, variant: int = 0) -> str:
    """The name of a row."""
    return f"{key[0]}.{key[1]}/{whose}" + (f"#{variant}" if variant else "")


def tied(ties: Mapping[Name, Ties], known: Switches) -> set[Name]:
    """Tables with columns for people or tenants, tenants themselves, and what refers to any of these."""
    found = {key for key, t in ties.items() if t.users or t.later}
    found |= {k.table for t in ties.values() for k in t.keys if set(k.columns) & set(t.groups)}
    found |= {key for key, _ in known.named if key in ties}
    more = True
    while more:
        new = {key for key, t in ties.items() if key not in found and any(k.table in found for k in t.keys)}
        found, more = found | new, bool(new)
    return found


class _Planner:
    def __init__(self, access: Access, ties: Mapping[Name, Ties], known: Switches, people: tuple[Person, ...]) -> None:
        self._access, self._ties, self._known, self._people = access, ties, known, people
        self._tables = access.catalog.tables
        self._order = [key for key in order(access.catalog) if key in ties]
        self._order += [key for key in ties if key not in self._order and self._fillable(key)]
        self._place = {key: n for n, key in enumerate(self._order)}
        self._variants: dict[Name, int] = {}  # how many rows each world has of a table besides its first
        self._made: set[str] = set()
        self.untried: list[str] = []

    def _fillable(self, key: Name) -> bool:
        table = self._tables[key]
        return table.kind == "partitioned table" and not any(t.partition_of == key for t in self._tables.values())

    def rows(self) -> Iterator[Row]:
        rows = [row for key in self._order for row in self._of(key)]
        if USERS in self._tables:
            yield from self._users({row.person for row in rows})
        yield from rows

    def _of(self, key: Name) -> Iterator[Row]:
        return self._persons(key) if self._ties[key].single else self._of_worlds(key)

    def _users(self, needed: set[str]) -> Iterator[Row]:
        first = [next(iter(others(w))) for w in MAINS]  # where a row must name two people
        spare = [p for w in MAINS for p in others(w) if p.name in needed or p in first]
        for who in (FOUNDER, *self._people, *spare):
            given = {"id": who.number("uuid"), "email": who.email}
            wanted = Wanted(table=USERS, handle=handle(USERS, who.name), given=given)
            yield Row(wanted=wanted, world=who.world, person=who.name)

    # --- one row for each person ---------------------------------------------------------------------------------

    def _persons(self, key: Name) -> Iterator[Row]:
        table = self._tables[key]
        for who in self._people:
            yield self._row(table, who, handle(key, who.name), {})
        switched = [(c, v) for c in table.columns for v in self._values(table, c)]
        for world in MAINS:
            spare = others(world)
            if len(switched) > len(spare):
                self.untried.append(f"{table.name}: only {len(spare)} of {len(switched)} values that policies go by")
            for n, (who, (column, value)) in enumerate(zip(spare, switched, strict=False), start=1):
                yield self._row(table, who, handle(key, world, n), {column.name: value})
        self._variants[key] = min(len(switched), len(others("a")))

    # --- rows of the two worlds ----------------------------------------------------------------------------------

    def _of_worlds(self, key: Name) -> Iterator[Row]:
        table, ties = self._tables[key], self._ties[key]
        for world, name in MAINS.items():
            main = next(p for p in self._people if p.name == name)
            yield self._row(table, main, handle(key, world), {})
            for n, changes in enumerate(self._changes(table, world), start=1):
                self._variants[key] = n
                yield self._row(table, self._tenant(table, main, n), handle(key, world, n), changes)
        for who in self._people:
            belongs = bool(ties.groups) and who.kind in ("colleague", "holder")
            holds = who.kind == "holder" and self._names_people(ties)
            if belongs or holds:
                yield self._row(table, who, handle(key, who.name), {})

    def _names_people(self, ties: Ties) -> bool:
        far = (k for k in ties.keys if k.table in self._ties)
        return bool(ties.users) or any(set(k.far) & set(self._ties[k.table].users) for k in far)

    def _tenant(self, table: Table, main: Person, n: int) -> Person:
        """Whose a further row is: somebody else's where nobody may have two."""
        ties = self._ties[table.schema, table.name]
        free = set(ties.users) | {c for k in ties.keys for c in k.columns if self._single(k.table)}
        fixed = {c for k in ties.keys for c in k.columns}
        for unique in unique_keys(table):
            if unique & free and unique <= free | fixed:
                spare = others(main.world)
                return spare[min(n, len(spare)) - 1]
        return main

    def _changes(self, table: Table, world: World) -> Iterator[dict[str, Value]]:
        key = (table.schema, table.name)
        ties = self._ties[key]
        fixed = {c for k in ties.keys for c in k.columns if not self._single(k.table)}
        if any(unique <= fixed for unique in unique_keys(table)):
            wanted = [c.name for c in table.columns if self._values(table, c)]
            if wanted and world == "a":
                self.untried.append(f"{table.name}: one row for each parent, so one value of {', '.join(wanted)}")
            return
        changes: list[dict[str, Value]] = [{c.name: v} for c in table.columns for v in self._values(table, c)]
        for one in ties.keys:
            if one.table in self._known.gates and len(one.columns) == 1 and self._before(one, key):
                numbers = range(1, 1 + self._variants.get(one.table, 0))
                changes += [{one.columns[0]: Ref(handle(one.table, world, n), one.far[0])} for n in numbers]
        if len(changes) > _MOST and world == "a":
            self.untried.append(f"{table.name}: {_MOST} of {len(changes)} values that policies go by")
        yield from changes[:_MOST]

    # --- values ----------------------------------------------------------------------------------------------------

    def _row(self, table: Table, who: Person, name: str, changes: Mapping[str, Value]) -> Row:
        key = (table.schema, table.name)
        given: dict[str, Value] = {}
        for column in table.columns:
            if column.generated is None and (value := self._value(table, column, who, name)) is not _FREE:
                given[column.name] = value
        given |= self._references(key, who)
        given |= changes
        self._made.add(name)
        return Row(wanted=Wanted(table=key, handle=name, given=given), world=who.world, person=who.name)

    def _value(self, table: Table, column: Column, who: Person, name: str) -> Value:
        key = (table.schema, table.name)
        ties, path = self._ties[key], self._known.named.get((key, column.name))
        if column.name in ties.users:
            return who.email if path == ("email",) or "email" in column.name else who.number(column.type)
        if path is not None and not is_own(path) and path[0] != "user_metadata" and not self._refers(ties, column.name):
            return _setting(path, column.type, who)
        if column.name in ties.powers:
            values = values_of(column, table, self._access, self._known)
            if who.power == (key, column.name):
                return who.rank
            if ties.groups and not ties.single and who.kind in ("colleague", "holder"):
                return (who.rank if who.kind == "colleague" else highest(values)) or _FREE
            low = lowest(column, values)
            return _FREE if low is None else low
        return self._opening(table, column)

    def _opening(self, table: Table, column: Column) -> Value:
        """What policies want of the column: of a membership, what makes it one, and is not pending nor ended."""
        key = (table.schema, table.name)
        ties = self._ties[key]
        read = self._known.gates.get(key, frozenset()) | self._known.columns.get(key, frozenset())
        if column.name not in read or self._refers(ties, column.name):
            return _FREE
        wanted = self._known.opening.get((key, column.name))
        if wanted is not None:
            return wanted if wanted in values_of(column, table, self._access, self._known) else _FREE
        if column.type == "boolean" and ties.groups and not _ENDS.search(column.name):
            return "true"
        return _FREE

    def _references(self, key: Name, who: Person) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for one in self._ties[key].keys:
            if not self._before(one, key) or (not who.world and not self._single(one.table)):
                continue
            single = self._single(one.table)
            owner = who.name if single else who.world
            if who.kind == "other" and single:
                continue
            if who.kind == "holder" and not single and handle(one.table, who.name) in self._made:
                owner = who.name
            for mine, far in zip(one.columns, one.far, strict=True):
                found.setdefault(mine, Ref(handle(one.table, owner), far))
        return found

    def _refers(self, ties: Ties, column: str) -> bool:
        return any(column in key.columns for key in ties.keys)

    def _before(self, one: Key, key: Name) -> bool:
        return self._place.get(one.table, len(self._order)) < self._place.get(key, 0)

    def _single(self, key: Name) -> bool:
        return key in self._ties and self._ties[key].single

    def _values(self, table: Table, column: Column) -> tuple[str | None, ...]:
        """The values of a column that policies go by, but for the one that the first row has anyway."""
        key = (table.schema, table.name)
        ties = self._ties[key]
        read = self._known.columns.get(key, frozenset()) | self._known.gates.get(key, frozenset())
        taken = {*ties.users, *ties.powers, *(c for k in ties.keys for c in k.columns)}
        if column.name not in read or column.name in taken or column.generated is not None:
            return ()
        if any({column.name} == unique for unique in unique_keys(table)):
            return ()
        found: tuple[str | None, ...] = values_of(column, table, self._access, self._known)
        if column.type.startswith(("timestamp", "date")):
            found = (_PAST, _FUTURE)
        if found and not column.not_null:
            found = (*found, None)
        first = self._opening(table, column)
        first = default_of(column) if isinstance(first, Ref) else first
        return tuple(v for v in found if v != first or (v is None and column.default is None))


_FREE: Final = Ref("\0free")


def _setting(path: tuple[str, ...], kind: str, who: Person) -> str:
    """What stands for the tenant of a person's world where a claim or setting alone says it."""
    tenant = Person(name=f"tenant_{who.world or who.name}", kind="other")
    return tenant.number(kind)
