"""The attempts at one row: it is sent, and mended as long as the server says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from policytool.catalog.model import Name
from policytool.catalog.spelling import qualified
from policytool.postgres.seeding.draft import Draft
from policytool.postgres.seeding.facts import Check, Unique
from policytool.postgres.seeding.insert import PLAIN, SERVICE, USERS, WITHOUT, Mode, Refused, Row
from policytool.postgres.seeding.model import Planted, Unfillable
from policytool.postgres.seeding.people import enriched
from policytool.postgres.seeding.wish import Wish

if TYPE_CHECKING:
    from policytool.postgres.seeding.grower import Grower

_TRIES: Final = 48
_FRESH: Final = 20
_VALUES: Final = "22"  # the class of errors about values
_BROKEN: Final = "42"  # that of functions that cannot run, whatever the row
_NOT_NULL: Final = "23502"
_FOREIGN: Final = "23503"
_TAKEN: Final = frozenset(("23505", "23P01"))
_CHECK: Final = "23514"


class Growth:
    """One row on its way into a table."""

    def __init__(self, grower: Grower, wish: Wish, handle: str) -> None:
        self._grower, self._wish, self._handle, self._shape = grower, wish, handle, wish.shape
        self._table = grower.table(wish.shape.name)
        self._draft: Draft | None = None
        self._ways: Iterator[Mode] | None = None
        self._why = self._code = ""
        self._fresh = self._tries = self._bound = 0
        self._bounds: Sequence[Sequence[Check]] = ()

    @property
    def _row(self) -> Row:
        return self._draft.row if self._draft is not None else {}

    def grown(self) -> Planted:
        """Send it until it is there. Raises Unfillable."""
        self._draft = Draft(self._grower, self._wish, self._handle)
        mode, last = PLAIN, ""
        for self._tries in range(_TRIES):
            try:
                return self._planted(self._table.insert(self._row, self._wish.given, mode), mode)
            except Refused as error:
                last = str(error)
                if self._is_outside(error):
                    mode = self._next_way(error)
                    continue
                adopted = self._mended(error, self._draft)
                if adopted is not None:
                    return adopted
        raise Unfillable(last)

    def updated(self, there: Row, values: Row) -> Planted:
        """The row that is there, with these values. Raises Unfillable."""
        takes = self._grower.solver.takes
        shown = {name: None if text is None else takes(self._shape, name, text) for name, text in values.items()}
        changed = {name: values[name] for name, text in shown.items() if there[name] != text}
        mode = PLAIN
        while changed:
            try:
                return self._planted(self._table.update(there, changed, mode), mode)
            except Refused as error:
                if not self._is_outside(error):
                    raise Unfillable(str(error)) from None
                mode = self._next_way(error)
        return self._planted(there, mode)

    def _planted(self, row: Row, mode: Mode) -> Planted:
        notes = (f"{mode.note}: {self._why}",) if mode.note else ()
        return Planted(table=self._shape.name, handle=self._handle, row=row, notes=notes)

    # What a function of the project refuses

    def _is_outside(self, error: Refused) -> bool:
        """Whether it was not the row as it was sent that was refused, but what a function of the project does."""
        if error.sqlstate == _NOT_NULL and self._row.get(error.column) is not None:
            return True
        own = (self._shape.name, *self._leaves())
        return error.inner or (error.table is not None and error.table not in own)

    def _leaves(self) -> tuple[Name, ...]:
        return self._grower.bounds.leaves(self._shape.name) if self._shape.table.kind == "partitioned table" else ()

    def _next_way(self, error: Refused) -> Mode:
        self._ways = self._ways or self._further_ways()
        self._why, self._code = str(error), error.sqlstate
        mode = next(self._ways, None)
        if mode is None:
            raise Unfillable(str(error))
        return mode

    def _further_ways(self) -> Iterator[Mode]:
        """In the name of those whom the row is about, then of the service; with less in it; past the triggers."""
        row = self._row
        if self._shape.name == USERS and "raw_user_meta_data" not in self._wish.given and row:
            row["raw_user_meta_data"] = enriched(self._grower.catalog, self._shape, self._wish.n)
            yield PLAIN
        people = dict.fromkeys(text for text in row.values() if text is not None and text in self._grower.people)
        modes = [*(self._grower.people[text] for text in list(people)[:2]), SERVICE]
        yield from modes
        for name in () if self._code.startswith(_BROKEN) else self._spared():
            before = dict(row)
            row[name] = None
            yield Mode(note=f"with {name} null, for a trigger", claims=modes[0].claims)
            row.clear()
            row.update(before)
        yield WITHOUT

    def _spared(self) -> list[str]:
        """The columns that refer to a row, and need not."""
        keyed = [key.columns for key in self._shape.keys if key.to != USERS]
        names = dict.fromkeys(name for columns in keyed for name in columns)
        open_ = [n for n in names if n not in self._shape.required and n not in self._wish.given]
        return [name for name in open_ if self._row.get(name) is not None]

    # What is wrong with the row itself

    def _mended(self, error: Refused, draft: Draft) -> Planted | None:
        """Change what the server complains of; a row that is there already may be the wanted one."""
        code = error.sqlstate
        if code == _NOT_NULL:
            self._fill(error, draft)
        elif code == _FOREIGN:
            self._make_parent(error, draft)
        elif code in _TAKEN:
            return self._make_way(error, draft)
        elif code == _CHECK:
            self._satisfy(error, draft)
        elif code.startswith(_VALUES):
            self._replace_what_does_not_fit(error, draft)
        else:
            raise Unfillable(str(error))
        return None

    def _fill(self, error: Refused, draft: Draft) -> None:
        name = error.column
        if not name or name in self._wish.given or name not in self._shape.columns:
            raise Unfillable(str(error))
        for key in self._shape.keys:
            if name in key.columns:
                draft.row.pop(name, None)
                draft.take(key)
                return
        draft.row[name] = draft.made(self._shape.columns[name])

    def _make_parent(self, error: Refused, draft: Draft) -> None:
        """A key that was given, or is a default, has no row to refer to."""
        key = next((key for key in self._shape.keys if key.name == error.constraint), None)
        if key is None or self._tries > _TRIES // 2:
            raise Unfillable(str(error))
        draft.make_parent(key)

    def _satisfy(self, error: Refused, draft: Draft) -> None:
        more: Sequence[Check] = ()
        if self._shape.table.partition_of is not None or self._shape.table.kind == "partitioned table":
            more = self._bounded(error)
        self._solve(error, draft, more)

    def _bounded(self, error: Refused) -> Sequence[Check]:
        """The bounds of the partition; where a row finds none, those of another each time."""
        self._bounds = self._bounds or self._grower.bounds.of(self._shape)
        if not self._bounds:
            raise Unfillable(f"{qualified(*self._shape.name)} has no partition")
        if not error.constraint:
            self._bound += 1
        return self._bounds[(self._bound - 1) % len(self._bounds)]

    def _solve(self, error: Refused, draft: Draft, more: Sequence[Check] = ()) -> None:
        check = next((check for check in self._shape.checks if check.name == error.constraint), None)
        keyed = [] if check is None else [name for name in check.columns if name in self._shape.keyed]
        found = None
        # That two columns refer to two rows, and not to one, is a common check.
        for others in (0, 1, 3, 12) if len(keyed) > 1 else (0,):

            def offer(name: str, others: int = others) -> list[str | None]:
                return draft.offer(name, self._tries, self._bounds, others if name in keyed else 0)

            found = found or self._grower.solver.solve(self._shape, error.constraint, offer, more)
        if found is None:
            raise Unfillable(str(error))
        for name, text in found.items():
            if name in draft.row or text is not None or self._shape.columns[name].default is not None:
                draft.row[name] = text

    def _make_way(self, error: Refused, draft: Draft) -> Planted | None:
        """Another row has the key: it is the wanted one where nothing can be changed, else this one gets another."""
        unique = next((one for one in self._shape.uniques if one.name == error.constraint), None)
        if unique is None:
            self._solve(error, draft)
            return None
        open_ = [name for name in unique.columns if name not in self._wish.given]
        keyed = [name for name in open_ if name in self._shape.keyed]
        if keyed == open_ and (adopted := self._adopted(unique, error, draft)) is not None:
            return adopted
        if keyed != open_:
            try:
                self._solve(error, draft)
                return None
            except Unfillable:
                if not keyed:
                    raise Unfillable(f"no other key is possible: {error}") from None
        self._refer_elsewhere(keyed, error, draft)
        return None

    def _adopted(self, unique: Unique, error: Refused, draft: Draft) -> Planted | None:
        """The row that is there with the same key, unless it was planted; it gets what was given."""
        there = self._table.find({name: draft.row.get(name) for name in unique.columns})
        if there is None:
            return None
        owner = self._grower.owner(self._shape.name, there)
        if owner is None:
            return self._joined(there, draft)
        if all(name in self._wish.given for name in unique.columns):
            raise Unfillable(f"{owner} has the same {', '.join(unique.columns)} ({error})")
        return None

    def _joined(self, there: Row, draft: Draft) -> Planted:
        """The row with what was given; where keys are filled, with those that the draft has, too."""
        given = self._wish.given
        if self._wish.fill != "needed":
            keys = {name: draft.row[name] for name in self._shape.keyed if draft.row.get(name) is not None}
            with suppress(Unfillable):
                return self.updated(there, {**keys, **given})
            self._ways = None
        return self.updated(there, given)

    def _refer_elsewhere(self, names: list[str], error: Refused, draft: Draft) -> None:
        """Refer to another row: sooner to another thing than to another person."""
        keys = sorted((key for key in self._shape.keys if set(key.columns) & set(names)), key=lambda k: k.to == USERS)
        if not keys or self._fresh >= _FRESH:
            raise Unfillable(str(error))
        self._fresh += 1
        draft.take(keys[0], self._fresh)

    def _replace_what_does_not_fit(self, error: Refused, draft: Draft) -> None:
        takes = self._grower.solver.takes
        wrong = [n for n, text in draft.row.items() if text is not None and takes(self._shape, n, text) is None]
        if not wrong:
            raise Unfillable(str(error))
        for name in wrong:
            if name in self._wish.given:
                raise Unfillable(f"{name} cannot be {self._wish.given[name]}: {error}")
            draft.row[name] = draft.made(self._shape.columns[name], checked=True)
