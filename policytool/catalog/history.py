"""The history of every object: what it was before and after each statement, and which statements belong together."""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from policytool.catalog.locks import Taken, taken
from policytool.catalog.model import Function, Name, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified
from policytool.catalog.steps import Step, Unit, steps_of, together
from policytool.catalog.transactions import spans

__all__ = ["Altered", "History", "Step", "Unit", "steps_of"]

if TYPE_CHECKING:
    from policytool.catalog.build.state import Change
    from policytool.catalog.build.stores import Kind


_RELATIONS: tuple[Kind, ...] = ("tables", "views")


class Altered(NamedTuple):
    """A table as a statement found it and as it left it."""

    before: Table
    after: Table

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.before.schema}.{self.before.name}"


class _Entry(NamedTuple):
    """What one change means for one name."""

    ordinal: int
    before: Any
    after: Any
    life: int  # the number of the object that had the name: a name that is dropped and made again has two
    born: int | None  # ordinal of the statement that made that object; None if it was there before


class _Lives(NamedTuple):
    entries: dict[tuple[str, Any], list[_Entry]]
    changes: dict[int, list[Change]]


class History:
    """All steps, with what they made of each object. Empty where the source is no migrations."""

    def __init__(self, steps: Sequence[Step], catalog: Catalog) -> None:
        self.steps = tuple(steps)
        self.catalog = catalog
        self._locks: dict[int, tuple[Taken, ...]] = {}

    # --- objects ----------------------------------------------------------------------------------------------------

    def before(self, kind: Kind, key: Any, step: Step) -> Any:
        """The object that had this name just before the statement; None if there was none.

        What the platform brought, and what is assumed because no migration made it, was there from the beginning.
        """
        return self._at(kind, key, step, bisect_left)

    def after(self, kind: Kind, key: Any, step: Step) -> Any:
        """The object that had this name just after the statement."""
        return self._at(kind, key, step, bisect_right)

    def timeline(self, kind: Kind, key: Any, step: Step | None = None) -> tuple[Change, ...]:
        """All changes of the object that has this name after the statement (or at the end), under whatever name.

        They go from its creation to its end. The object of that name that came last is meant where none is left.
        """
        entries = self._lives.entries.get((kind, key), [])
        position = len(entries) if step is None else bisect_right(entries, step.ordinal, key=_ordinal)
        entry = entries[max(position - 1, 0)] if entries else None
        return tuple(self._lives.changes[entry.life]) if entry else ()

    def born(self, kind: Kind, key: Any, step: Step) -> Step | None:
        """The statement that made the object of this name, as it is at the statement; None if it was there before.

        Of a statement that drops, it is the object that it drops; of one that creates, that which it creates. An object
        that is dropped and made again is a new one.
        """
        entries = self._lives.entries.get((kind, key), [])
        position = bisect_left(entries, step.ordinal, key=_ordinal)
        here = entries[position : bisect_right(entries, step.ordinal, key=_ordinal)]
        found = entries[position - 1] if position else None
        if found is not None and found.after is not None and not (here and _assumed(found.after)):
            return self._step(found.born)
        if here and position == 0 and here[0].before is not None:
            return self._step(here[0].born)
        return next((self._step(e.born) for e in reversed(here) if e.after is not None), None)

    def born_in_file(self, kind: Kind, key: Any, step: Step) -> bool:
        """Whether the object was made by the same run of a file as the statement: nobody can use it yet, it is empty.

        Renames are followed. One that was dropped and made again in the file counts: it is new. Where the files
        together say what the schema is, rather than how it came to be, all of them count as one.
        """
        maker = self.born(kind, key, step)
        return maker is not None and together(maker.root, step.root)

    def altered(self, step: Step) -> tuple[Altered, ...]:
        """The user's tables that the statement changes and that others may be using: not those born in its file."""
        return self._altered.get(step.ordinal, ())

    def locks(self, step: Step) -> tuple[Taken, ...]:
        """The locks that the statement takes on relations which it finds."""
        if step.ordinal not in self._locks:
            self._locks[step.ordinal] = taken(step, self)
        return self._locks[step.ordinal]

    def relation(self, step: Step, schema: str | None, name: str) -> tuple[Kind, Name] | None:
        """The table or view that the statement means by this name, if it was there before."""
        for candidate in (schema,) if schema is not None else ("pg_temp", *step.path):
            key = (candidate, name)
            for kind in _RELATIONS:
                if self.before(kind, key, step) is not None:
                    return kind, key
        return None

    def owner_of_index(self, step: Step, schema: str | None, name: str) -> Name | None:
        """The table or view that the index of this name belonged to before the statement."""
        for candidate in (schema,) if schema is not None else ("pg_temp", *step.path):
            for owner in self._indexed.get((candidate, name), ()):
                for kind in _RELATIONS:
                    item = self.before(kind, owner, step)
                    if item is not None and any(index.name == name for index in item.indexes):
                        return owner
        return None

    # --- statements -------------------------------------------------------------------------------------------------

    def same_file(self, step: Step) -> tuple[Step, ...]:
        """All statements of the file that was run, those of files that it includes among them."""
        start, end = self._files[step.ordinal]
        return self.steps[start:end]

    def unit(self, step: Step) -> Unit:
        """The statements that commit together with this one, and why."""
        return self._units[step.ordinal]

    def later(self, step: Step) -> tuple[Step, ...]:
        """The statements of the same unit that follow."""
        unit = self.unit(step)
        return unit.steps[step.ordinal - unit.steps[0].ordinal + 1 :]

    def earlier(self, step: Step) -> tuple[Step, ...]:
        """The statements of the same unit that come before."""
        unit = self.unit(step)
        return unit.steps[: step.ordinal - unit.steps[0].ordinal]

    # --- what is worked out once ------------------------------------------------------------------------------------

    def _at(self, kind: Kind, key: Any, step: Step, bisect: Any) -> Any:
        entries = self._lives.entries.get((kind, key))
        if entries is None:
            return getattr(self.catalog, kind).get(key)
        position = bisect(entries, step.ordinal, key=_ordinal)
        if position:
            return entries[position - 1].after
        first = entries[0]
        return first.after if first.before is None and _assumed(first.after) else first.before

    def _step(self, ordinal: int | None) -> Step | None:
        return None if ordinal is None else self.steps[ordinal]

    @functools.cached_property
    def _altered(self) -> dict[int, tuple[Altered, ...]]:
        found: dict[int, tuple[Altered, ...]] = {}
        for step in self.steps:
            if step.statement.kind == "CreateStmt":  # of what was assumed
                continue
            keys = dict.fromkeys(c.key for c in step.changes if c.kind == "tables" and c.after is not None)
            pairs = [(key, self.before("tables", key, step), self.after("tables", key, step)) for key in keys]
            found[step.ordinal] = tuple(
                Altered(before, after)
                for key, before, after in pairs
                if before is not None and after is not None and before.origin is None
                if key[0] != "pg_temp" and not self.born_in_file("tables", key, step)
            )
        return found

    @functools.cached_property
    def functions(self) -> dict[str, tuple[Function, ...]]:
        """The functions there are at the end, by their bare names."""
        found: dict[str, tuple[Function, ...]] = {}
        for function in self.catalog.functions.values():
            found[function.name] = (*found.get(function.name, ()), function)
        return found

    @functools.cached_property
    def enums(self) -> frozenset[str]:
        """The enumerated types there ever were, as types of columns are spelled."""
        keys = {change.key for step in self.steps for change in step.changes if change.kind == "enums"}
        return frozenset(qualified(*key) for key in keys | self.catalog.enums.keys())

    @functools.cached_property
    def _lives(self) -> _Lives:
        """For each name its changes in their order; one pass over the journal."""
        entries: dict[tuple[str, Any], list[_Entry]] = {}
        changes: dict[int, list[Change]] = {}
        living: dict[tuple[str, Any], tuple[int, int | None]] = {}
        for step in self.steps:
            for change in step.changes:
                name, old = (change.kind, change.key), (change.kind, change.old_key)
                renamed = change.old_key is not None and change.before is not None and old != name
                known = living.pop(old if renamed else name, None)
                if known is None:
                    made = change.before is None and not _assumed(change.after)
                    known = len(changes), step.ordinal if made else None
                life, born = known
                changes.setdefault(life, []).append(change)
                if renamed:
                    entries.setdefault(old, []).append(_Entry(step.ordinal, change.before, None, life, born))
                before = None if renamed else change.before
                entries.setdefault(name, []).append(_Entry(step.ordinal, before, change.after, life, born))
                if change.after is not None:
                    living[name] = life, born
        return _Lives(entries, changes)

    @functools.cached_property
    def _indexed(self) -> dict[Name, dict[Name, None]]:
        """For each name of an index the relations that ever had one of that name."""
        found: dict[Name, dict[Name, None]] = {}
        items = [(k, i) for kind in _RELATIONS for k, i in getattr(self.catalog, kind).items()]
        for change in (c for s in self.steps for c in s.changes if c.kind in _RELATIONS):
            before, after = change.before, change.after
            if None in (before, after) or change.old_key or before.indexes is not after.indexes:
                items += [(change.key, item) for item in (before, after) if item is not None]
        for key, item in items:
            for index in item.indexes:
                found.setdefault((key[0], index.name), {})[key] = None
        return found

    @functools.cached_property
    def _files(self) -> list[tuple[int, int]]:
        """For each statement where the file that was run begins and ends."""
        bounds: list[tuple[int, int]] = []
        for _, group in groupby(self.steps, key=lambda step: (step.root.order, step.root.path)):
            start, count = len(bounds), sum(1 for _ in group)
            bounds += [(start, start + count)] * count
        return bounds

    @functools.cached_property
    def _units(self) -> list[Unit]:
        units: list[Unit] = []
        while len(units) < len(self.steps):
            base, end = self._files[len(units)]
            steps = self.steps[base:end]
            for start, stop, why in spans(steps[0].root, [step.statement for step in steps]):
                units += [Unit(steps=steps[start:stop], why=why)] * (stop - start)
        return units


def _ordinal(entry: _Entry) -> int:
    return entry.ordinal


def _assumed(item: Any) -> bool:
    return getattr(item, "assumed", False) is True
