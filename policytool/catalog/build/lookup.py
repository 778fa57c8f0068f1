"""What the state keeps beside its stores so that relatives of a table are found without a search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from policytool.catalog.build.users import Users
from policytool.catalog.model import Constraint, Name, Table

Part = TypeVar("Part")


class Lookup:
    """Reverse links between relations, kept by the state at every change."""

    def __init__(self) -> None:
        self.constraints: dict[Name, int] = {}  # schema and name of a constraint → how many bear it
        self.children: dict[Name, dict[Name, None]] = {}  # parent → partitions and inheriting tables, oldest first
        self.referencing: dict[Name, dict[Name, int]] = {}  # table → tables with foreign keys to it, and how many
        self.owned: dict[Name, dict[Name, None]] = {}  # table → sequences that a column of it owns
        self.users = Users()

    def fork(self) -> Lookup:
        """A copy that goes its own way."""
        other = Lookup()
        other.constraints = self.constraints.copy()
        other.children = {name: children.copy() for name, children in self.children.items()}
        other.referencing = {name: tables.copy() for name, tables in self.referencing.items()}
        other.owned = {name: sequences.copy() for name, sequences in self.owned.items()}
        other.users = self.users.fork()
        return other

    def apply(self, kind: str, key: Any, before: Any, after: Any) -> None:
        """Follow one change of a store."""
        self.users.touch(kind, key)
        if kind == "tables":
            self._table(key, before, after)
        elif kind == "sequences":
            _move(self.owned, key, _owner(before), _owner(after))
        elif kind == "domains":
            self._constraints(key[0], before.constraints if before else (), after.constraints if after else ())

    def _table(self, key: Name, before: Table | None, after: Table | None) -> None:
        old, new = (before.constraints if before else ()), (after.constraints if after else ())
        if old is not new:
            old, new = changed(old, new)
            self._constraints(key[0], old, new)
            self._references(key, old, new)
        _move(self.children, key, parents(before), parents(after))

    def _constraints(self, schema: str, old: Iterable[Constraint], new: Iterable[Constraint]) -> None:
        for constraint in old:
            _count(self.constraints, (schema, constraint.name), -1)
        for constraint in new:
            _count(self.constraints, (schema, constraint.name), 1)

    def _references(self, key: Name, old: Iterable[Constraint], new: Iterable[Constraint]) -> None:
        for constraints, step in ((old, -1), (new, 1)):
            for constraint in constraints:
                if (reference := constraint.reference) is not None:
                    _count(self.referencing.setdefault((reference.schema, reference.table), {}), key, step)


def changed(old: tuple[Part, ...], new: tuple[Part, ...]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """What two versions of a tuple do not share at its beginning and end; mostly one part is added or replaced."""
    size, first = min(len(old), len(new)), 0
    while first < size and old[first] is new[first]:
        first += 1
    last = 0
    while last < size - first and old[-1 - last] is new[-1 - last]:
        last += 1
    return old[first : len(old) - last], new[first : len(new) - last]


def parents(table: Table | None) -> tuple[Name, ...]:
    """The tables that one inherits from, as a partition or otherwise."""
    if table is None:
        return ()
    return table.inherits if table.partition_of is None else (table.partition_of,)


def _owner(sequence: Any) -> tuple[Name, ...]:
    owned_by = sequence.owned_by if sequence is not None else None
    return ((owned_by[0], owned_by[1]),) if owned_by else ()


def _move(index: dict[Name, dict[Name, None]], key: Name, old: tuple[Name, ...], new: tuple[Name, ...]) -> None:
    if old == new:
        return
    for name in old:
        if name not in new:
            index[name].pop(key, None)
    for name in new:
        index.setdefault(name, {})[key] = None


def _count(counts: dict[Name, int], key: Name, step: int) -> None:
    total = counts.get(key, 0) + step
    if total > 0:
        counts[key] = total
    else:
        counts.pop(key, None)
