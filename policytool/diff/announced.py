"""What a plan says that it does to relations and rows, in a form that can be held against a server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from policytool.catalog.build.state import Change as Folded
from policytool.catalog.model import Name, Table
from policytool.catalog.spelling import qualified
from policytool.diff.changes import Hazard
from policytool.diff.hazards import Hazards
from policytool.diff.plan import Plan
from policytool.diff.same import named

_LEVELS = {"": 0, "writes": 1, "reads and writes": 2}
# Statements that look at all rows, or move them, and stop at those that do not fit.
_LOOKING = frozenset({"FULL_SCAN", "INDEX_BUILD", "TABLE_REWRITE", "DATA_LOSS"})


class Announced:
    """The locks, rewrites and losses of a plan by relation; relations go by their names in BEFORE."""

    def __init__(self, plan: Plan) -> None:
        hazards = Hazards(plan)
        self._statements = plan.statements
        self._first: dict[Name, Name] = {}  # by its present name, what a relation was called in BEFORE
        self.last: dict[Name, Name] = {}  # by its name in BEFORE, what it is called in the end
        self._hazards: list[tuple[Hazard, ...]] = []
        self._locks: dict[tuple[int, str], int] = defaultdict(int)
        self._rewritten: set[tuple[int, Name]] = set()
        self._lost: set[tuple[Name, str | None]] = set()
        for ordinal, done in enumerate(plan.statements):
            locks = hazards.locks(ordinal)
            found = hazards.of(ordinal, locks)
            self._hazards.append(found)
            names = {hazard.name for hazard in found}
            for lock in locks:
                key = done.segment, self._known(lock.relation)
                self._locks[key] = max(self._locks[key], _LEVELS[lock.stops])
            for change in done.changes:
                self._change(change, done.segment, names)

    def _known(self, relation: str) -> str:
        return next((qualified(*old) for new, old in self._first.items() if qualified(*new) == relation), relation)

    def _change(self, change: Folded, segment: int, names: set[str]) -> None:
        if change.kind not in ("tables", "views"):
            return
        if change.old_key is not None:
            first = self._first.pop(change.old_key, change.old_key)
            self._first[change.key], self.last[first] = first, change.key
        if change.before is None or not isinstance(change.before, Table):
            return
        name = self._first.get(change.key, change.key)
        if "TABLE_REWRITE" in names:
            self._rewritten.add((segment, name))
        if "DATA_LOSS" in names:
            self._lost |= {(name, column) for column in _columns(change)}

    def lock(self, segment: int, relation: Name) -> int:
        """How much the locks of a segment stop on a relation: 0 nothing, 1 writes, 2 reads, too."""
        return self._locks.get((segment, qualified(*relation)), 0)

    def rewrites(self, segment: int, relation: Name) -> bool:
        """Whether a segment writes the rows of a relation again."""
        return (segment, relation) in self._rewritten

    def loses(self, relation: Name, column: str | None) -> bool:
        """Whether the rows of a relation, or what a column of it holds, may be gone."""
        return (relation, None) in self._lost or (relation, column) in self._lost

    def looks(self, ordinal: int) -> str | None:
        """The hazard by which a statement says that it may stop at rows that do not fit."""
        return next((hazard.name for hazard in self._hazards[ordinal] if hazard.name in _LOOKING), None)

    def tables(self, ordinal: int) -> Iterator[Name]:
        """The tables that a statement changes, by the names they had in BEFORE."""
        renamed: dict[Name, Name] = {}
        for done in self._statements[:ordinal]:
            for change in done.changes:
                if change.kind == "tables" and change.old_key is not None:
                    renamed[change.key] = renamed.pop(change.old_key, change.old_key)
        for change in self._statements[ordinal].changes:
            if change.kind == "tables" and change.before is not None:
                yield renamed.get(change.key, change.key)


def _columns(change: Folded) -> Iterator[str | None]:
    """What of a table is lost by a statement that says so: all of it, or those columns that go or change."""
    before, after = change.before, change.after
    if after is None:
        yield None
        return
    new = named(after.columns)
    for column in before.columns:
        if column.name not in new or new[column.name].type != column.type:
            yield column.name
