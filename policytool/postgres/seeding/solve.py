"""Values that satisfy checks and keys, found by the server itself among the candidates of each column."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from policytool.catalog.spelling import constant, identifier, literal, qualified
from policytool.postgres.seeding.facts import Check, Shape, Unique
from policytool.postgres.seeding.values import Values

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

Offer = Callable[[str], Sequence[str | None]]

_MOST: Final = 40_000  # rows that the server looks through for one answer


class _Condition(Struct, frozen=True):
    """Something that has to hold, as SQL over the columns of the row, and the columns that it reads."""

    name: str
    sql: str
    columns: tuple[str, ...]


class Solver:
    """Chooses values for some columns of a row so that the table's conditions hold."""

    def __init__(self, connection: Connection, values: Values) -> None:
        self._connection, self._values = connection, values
        self._valid: dict[tuple[str, str], str | None] = {}

    def solve(
        self, shape: Shape, failed: str, offer: Offer, more: Iterable[Check] = ()
    ) -> dict[str, str | None] | None:
        """Values for the columns that the failed condition hangs together with, of those that `offer` names for each.

        A column of which one value is offered is fixed. None where no choice satisfies all; where the condition is not
        known by its name, all are looked at.
        """
        conditions = list(self._conditions(shape, more))
        offers: dict[str, list[str | None]] = {}
        for condition in conditions:
            for name in condition.columns:
                if name not in offers:
                    offers[name] = self._takes(shape, name, offer(name))
        if not all(offers.values()):
            return None
        first = [c for c in conditions if c.name == failed] or conditions
        chosen: dict[str, str | None] = {}
        while first:
            # Its own columns are enough more often than not; then all that hangs together with them.
            near = {name: texts if name in first[0].columns else texts[:1] for name, texts in offers.items()}
            group = _together(first[0], conditions, near)
            found = self._choose(shape, group, near)
            if found is None:
                group = _together(first[0], conditions, offers)
                found = self._choose(shape, group, offers)
            if found is None:
                return None
            chosen |= found
            first = [c for c in first if c not in group]
        return chosen

    def takes(self, shape: Shape, name: str, text: str) -> str | None:
        """The text as the column's type shows it; None where it takes no such thing."""
        kind = self._below(shape, name)
        if (kind, text) not in self._valid:
            self._ask([(kind, text)])
        return self._valid[kind, text]

    def evaluated(self, expression: str, kind: str) -> str | None:
        """What an expression gives now, as text."""
        import psycopg

        try:
            with self._connection.transaction():
                found = self._connection.execute(f"select (({expression})::{kind})::text".encode()).fetchone()
        except psycopg.DatabaseError:
            return None
        return found[0] if found else None

    def _takes(self, shape: Shape, name: str, texts: Sequence[str | None]) -> list[str | None]:
        kind = self._below(shape, name)
        self._ask([(kind, text) for text in texts if text is not None and (kind, text) not in self._valid])
        shown = [(text, None if text is None else self._valid[kind, text]) for text in texts]
        return list(dict.fromkeys(new for text, new in shown if new is not None or text is None))

    def _below(self, shape: Shape, name: str) -> str:
        kind = shape.columns[name].type
        below = self._values.domain(kind)
        return below[0] if below else kind

    def _ask(self, pairs: list[tuple[str, str]]) -> None:
        import psycopg

        if not pairs:
            return
        listed = ", ".join(f"{literal(text)}::{kind}::text" for kind, text in pairs)
        try:
            with self._connection.transaction():
                found = self._connection.execute(f"select {listed}".encode()).fetchone()
        except psycopg.DatabaseError:
            if len(pairs) == 1:
                self._valid[pairs[0]] = None
                return
            half = len(pairs) // 2
            self._ask(pairs[:half])
            self._ask(pairs[half:])
        else:
            self._valid.update(zip(pairs, found or (), strict=True))

    def _conditions(self, shape: Shape, more: Iterable[Check]) -> Iterator[_Condition]:
        for check in chain(shape.checks, more):
            ends = "is true" if check.strict else "is not false"
            yield _Condition(check.name, f"({check.expression}) {ends}", shape.read(check.columns))
        for unique in shape.uniques:
            yield _Condition(unique.name, _absent(shape, unique), shape.read(unique.columns))
        for name, column in shape.columns.items():
            _, checks = self._values.domain(column.type) or ("", ())
            for text in checks:
                sql = f"(select ({text}) from (select {identifier(name)} as value) as d) is not false"
                yield _Condition(f"{name}: {text}", sql, (name,))

    def _choose(
        self, shape: Shape, group: list[_Condition], offers: dict[str, list[str | None]]
    ) -> dict[str, str | None] | None:
        import psycopg

        names = list(dict.fromkeys(name for condition in group for name in condition.columns))
        lists = _shortened([offers[name] for name in names])
        query = self._query(shape, group, names, lists)
        try:
            with self._connection.transaction():
                found = self._connection.execute(query.encode()).fetchone()
        except psycopg.DatabaseError:
            return None
        return None if found is None else dict(zip(names, found, strict=True))

    def _query(self, shape: Shape, group: list[_Condition], names: list[str], lists: list[Sequence[str | None]]) -> str:
        sources, cells, picked = [], [], []
        for number, (name, texts) in enumerate(zip(names, lists, strict=True)):
            rows = ", ".join(f"({at}, {constant(text)}::text)" for at, text in enumerate(texts))
            sources.append(f"(values {rows}) as a{number} (o, t)")
            cells.append(f"a{number}.t::{self._below(shape, name)} as {identifier(name)}")
            picked.append(f"a{number}")
        made = [c for c in shape.columns.values() if c.generated and set(shape.read((c.name,))) <= set(names)]
        row = f"lateral (select {', '.join(cells)}) as {identifier(shape.name[1])}"
        extra = f"lateral (select {', '.join(f'{c.generated} as {identifier(c.name)}' for c in made)}) as g"
        return (
            f"select {', '.join(f'{p}.t' for p in picked)}"
            f" from {', '.join([*sources, row, *([extra] if made else [])])}"
            f" where {' and '.join(f'({condition.sql})' for condition in group)}"
            f" order by {' + '.join(f'{p}.o' for p in picked)}, {', '.join(f'{p}.o' for p in picked)} limit 1"
        )


def _absent(shape: Shape, unique: Unique) -> str:
    """That no row is there which the index would see as the same."""
    keys = ", ".join(f'{key} as "~{at}"' for at, key in enumerate(unique.keys))
    only = "" if shape.table.kind == "partitioned table" else "only "
    where = f" where {unique.predicate}" if unique.predicate else ""
    rows = f"(select {keys} from {only}{qualified(*shape.name)}{where}) as o"
    same = " and ".join(
        f'o."~{at}" {_operator(operator)} ({key})'
        for at, (key, operator) in enumerate(zip(unique.keys, unique.operators, strict=True))
    )
    absent = f"not exists (select from {rows} where {same})"
    return f"({unique.predicate}) is not true or {absent}" if unique.predicate else absent


def _operator(name: str) -> str:
    return f"operator({name})" if "." in name and not name.startswith("operator") else name


def _together(first: _Condition, conditions: list[_Condition], offers: dict[str, list[str | None]]) -> list[_Condition]:
    """The conditions that share a column that may change, with the first or with one that does."""
    open_ = {name for name in first.columns if len(offers[name]) > 1}
    group = [first]
    grown = True
    while grown:
        rest = [c for c in conditions if c not in group and open_.intersection(c.columns)]
        group += rest
        open_ |= {name for c in rest for name in c.columns if len(offers[name]) > 1}
        grown = bool(rest)
    return group


def _shortened(lists: list[list[str | None]]) -> list[Sequence[str | None]]:
    """The lists, the longest of them cut until their product is small enough."""
    lengths = [len(texts) for texts in lists]
    while math.prod(lengths) > _MOST:
        at = len(lengths) - 1 - lengths[::-1].index(max(lengths))
        lengths[at] = lengths[at] * 2 // 3
    return [texts[:length] for texts, length in zip(lists, lengths, strict=True)]
