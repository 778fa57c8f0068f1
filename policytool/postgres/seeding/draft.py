"""A row before it is sent: what is given, what is made up, and what it refers to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from policytool.catalog.model import Column
from policytool.catalog.spelling import qualified
from policytool.postgres.seeding.facts import Check, Key
from policytool.postgres.seeding.insert import USERS, Row
from policytool.postgres.seeding.model import Unfillable
from policytool.postgres.seeding.people import signed_up
from policytool.postgres.seeding.values import Spot
from policytool.postgres.seeding.wish import Wish

if TYPE_CHECKING:
    from policytool.postgres.seeding.grower import Grower

_RANDOM: Final = re.compile(r"uuid|random|gen_|nanoid|cuid|ulid", re.IGNORECASE)
_STRIDE: Final = 7919  # between the numbers of one row's further values, so that rows do not meet
_FURTHER: Final = 8


class Draft:
    """A row that takes shape; `row` holds what is sent."""

    def __init__(self, grower: Grower, wish: Wish, handle: str) -> None:
        self._grower, self._wish, self._shape = grower, wish, wish.shape
        self.row: Row = dict(wish.given)
        self._check_given()
        if self._shape.name == USERS:
            self.row = {**signed_up(self._shape, handle, wish.seed), **self.row}
        for name, column in self._shape.columns.items():
            if name not in self.row and name not in self._shape.keyed and self._is_filled(column):
                self.row[name] = self.made(column)
        for key in self._shape.keys:
            self._refer(key)
        for name in self._shape.keyed - self.row.keys():
            if _is_needed(self._shape.columns[name]):
                self.row[name] = self.made(self._shape.columns[name])

    def _check_given(self) -> None:
        for name in self._wish.given:
            column = self._shape.columns.get(name)
            if column is None:
                raise Unfillable(f"{qualified(*self._shape.name)} has no column {name}")
            if column.generated is not None:
                raise Unfillable(f"{name} is generated, so it cannot be given")

    def _is_filled(self, column: Column) -> bool:
        if column.generated is not None or column.identity is not None:
            return False
        if column.default is None:
            return column.not_null or self._wish.fill == "all" or column.name in self._wish.keep
        if "nextval(" in column.default:
            return False
        if column.type in ("uuid", "text"):
            return _RANDOM.search(column.default) is not None
        return self._wish.fill == "all" and self._is_single(column)

    def _is_single(self, column: Column) -> bool:
        """Whether each row needs a value of its own, which no constant default gives."""
        singles = {unique.columns for unique in self._shape.uniques}
        return (column.name,) in singles and "(" not in (column.default or "")

    def made(self, column: Column, *, checked: bool = False) -> str | None:
        """The first value; `checked`, the first that the type takes."""
        for text in self._offered(column, alone=True):
            if not checked or self._grower.solver.takes(self._shape, column.name, text) is not None:
                return text
        if column.not_null and column.default is None:
            raise Unfillable(f"no value is known for {column.name} of the type {column.type}")
        return None

    def _offered(self, column: Column, *, alone: bool, further: int = 0) -> list[str]:
        """Values for a column; where all are filled, those that are chosen from a list take turns."""
        wish, shape = self._wish, self._shape
        told = shape.told(column.name, alone=alone)
        spot = Spot(
            name=column.name,
            place=list(shape.columns).index(column.name),
            n=wish.n + further * _STRIDE,
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

    def _refer(self, key: Key) -> None:
        open_ = [name for name in key.columns if name not in self.row]
        if not open_ or any(self.row.get(name, "") is None for name in key.columns):
            return
        columns = [self._shape.columns[name] for name in open_]
        needed = any(map(_is_needed, columns))
        wanted = self._wish.fill != "needed" or any(name in self._wish.keep for name in open_)
        if needed or (wanted and not any(column.default for column in columns)):
            try:
                self.take(key)
            except Unfillable:
                if needed:
                    raise

    def take(self, key: Key, fresh: int = 0) -> None:
        """Refer to a row of the other table that has what is known of the key; with `fresh`, to another one."""
        known = self._wish.given if fresh else self.row
        pairs = list(zip(key.columns, key.far, strict=True))
        fixed = {far: known[near] for near, far in pairs if near in known}
        if key.to == self._shape.name and not fixed and not fresh and self._refers_to_itself(pairs):
            return
        if key.to not in self._grower.shapes:
            raise Unfillable(f"{qualified(*key.to)}, which {key.name} refers to, is not known")
        found = self._grower.parents.find(self._grower, self._wish, key, fixed, fresh)
        self.row.update({near: found[far] for near, far in pairs})

    def _refers_to_itself(self, pairs: list[tuple[str, str]]) -> bool:
        """Whether the row refers to itself, as it has to where it may be the first."""
        if not all(near in self._shape.required for near, _ in pairs):
            return False
        for near, far in pairs:
            if far not in self.row:
                self.row[far] = self.made(self._shape.columns[far])
            self.row[near] = self.row[far]
        return True

    def make_parent(self, key: Key) -> None:
        """Make the row that the key's values, as they are, refer to."""
        for name in key.columns:
            column = self._shape.columns[name]
            if name not in self.row and column.default:
                self.row[name] = self._grower.solver.evaluated(column.default, column.type)
        fixed = {far: self.row.get(near) for near, far in zip(key.columns, key.far, strict=True)}
        self._grower.parents.find(self._grower, self._wish, key, fixed, 0)

    def offer(self, name: str, tries: int, bounds: Sequence[Sequence[Check]], others: int = 0) -> list[str | None]:
        """What a column may be instead; just what it is, where that was given or is of a key of several columns.

        What refers to a row may refer to so many `others`.
        """
        column, wish = self._shape.columns[name], self._wish
        if name in wish.given:
            return [wish.given[name]]
        now = self._now(column)
        if name in self._shape.keyed:
            return self._offer_key(column, now, others)
        offered = self._offered(column, alone=False) + self._grower.bounds.offered(column, bounds, wish.n)
        offered += self._offered(column, alone=False, further=tries + 1)[:_FURTHER]
        last: list[str | None] = [] if column.not_null else [None]
        return list(dict.fromkeys([*now, *offered, *last]))

    def _now(self, column: Column) -> list[str | None]:
        if column.name in self.row:
            return [self.row[column.name]]
        if column.default is not None and "nextval(" not in column.default:
            return [self._grower.solver.evaluated(column.default, column.type)]
        return [] if column.not_null else [None]

    def _offer_key(self, column: Column, now: list[str | None], others: int) -> list[str | None]:
        keys = [key for key in self._shape.keys if column.name in key.columns]
        if len(keys) == 1 and len(keys[0].columns) == 1:
            now += [] if any(now) else self._taken(keys[0], 0)
            now += [text for fresh in range(1, others + 1) for text in self._taken(keys[0], fresh)]
        now += [] if column.not_null or None in now else [None]
        return now or [None]

    def _taken(self, key: Key, fresh: int) -> list[str | None]:
        """What the column would be if it referred to a row."""
        before = dict(self.row)
        for name in key.columns:
            self.row.pop(name, None)
        try:
            self.take(key, fresh)
            return [self.row[key.columns[0]]]
        except Unfillable:
            return []
        finally:
            self.row = before


def _is_needed(column: Column) -> bool:
    """Whether a row cannot be without a value that is not there by itself."""
    return column.not_null and column.default is None and column.identity is None
