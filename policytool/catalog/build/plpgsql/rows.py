"""Rows of queries, some of them doubtful: whether they are there hangs on what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from policytool.catalog.build.plpgsql.values import Json, NotKnown, Oid, Opaque, Record, Some, Unknown, Value, known
from policytool.catalog.build.state import Refused


@dataclass(slots=True)
class Rows:
    """What a query gives. `doubts` has, for each row, why it may not be there, or None."""

    names: Sequence[str]
    values: list[list[Value]] = field(default_factory=list)
    doubts: list[NotKnown | None] = field(default_factory=list)
    ordered: bool = False
    never: NotKnown | None = None  # the rows are not known at all

    def add(self, row: list[Value], doubt: NotKnown | None = None) -> None:
        """One more row."""
        self.values.append(row)
        self.doubts.append(doubt)

    def sure(self) -> list[list[Value]]:
        """The rows that are there without doubt."""
        self.check()
        return [row for row, doubt in zip(self.values, self.doubts, strict=True) if doubt is None]

    def certain(self) -> list[list[Value]]:
        """All rows; NotKnown when one is doubtful."""
        self.check()
        for doubt in self.doubts:
            if doubt is not None:
                raise doubt
        return self.values

    def check(self) -> None:
        """NotKnown when nothing is known of the rows."""
        if self.never is not None:
            raise self.never

    def scalar(self) -> Value:
        """The one value of a query used as an expression."""
        rows = self.certain()
        if len(rows) > 1:
            raise Refused("21000", "more than one row returned by a subquery used as an expression")
        return known(rows[0][0]) if rows else None

    def first(self) -> list[Value] | None:
        """The row that INTO takes: the first, which must not depend on an order that nobody gave."""
        rows = self.certain()
        if not rows:
            return None
        if len(rows) > 1 and not self.ordered:
            return [one_of(column) for column in zip(*rows, strict=True)]
        return rows[0]

    def __iter__(self) -> Iterator[tuple[list[Value], NotKnown | None]]:
        self.check()
        return zip(self.values, self.doubts, strict=True)


def one_of(values: Sequence[Value]) -> Value:
    """The value of a column of whichever row comes first."""
    frozen = {freeze(value) for value in values}
    return values[0] if len(frozen) == 1 else Unknown("which of several rows comes first")


def freeze(value: Value) -> object:
    """Something hashable that is equal for equal values."""
    match value:
        case Unknown() | Some() | Opaque():
            raise NotKnown("values that are not known are grouped")
        case Oid() if value.of_system:
            raise NotKnown("objects of Postgres's own are grouped")
        case bool():
            return ("bool", value)
        case tuple():
            return ("array", *map(freeze, value))
        case Record():
            return ("row", *map(freeze, value.values))
        case Json():
            return ("json", repr(value.data))
    return value


class ListRow:
    """A row of a list of values."""

    __slots__ = ("names", "values")

    def __init__(self, names: Sequence[str], values: Sequence[Value]) -> None:
        self.names = names
        self.values = values

    def get(self, name: str) -> Value:
        """A column; KeyError when there is none of that name."""
        try:
            return self.values[list(self.names).index(name)]
        except ValueError:
            raise KeyError(name) from None


class NullRow:
    """The row of nulls that an outer join makes."""

    __slots__ = ("names",)

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def get(self, name: str) -> Value:
        """NULL."""
        if name not in self.names:
            raise KeyError(name)


class Behind:
    """A row some of whose columns need its name in front, because USING has merged them with another's."""

    __slots__ = ("_row", "names")

    def __init__(self, row: ListRow | NullRow, hidden: frozenset[str]) -> None:
        self._row = row
        self.names = tuple(name for name in row.names if name not in hidden)

    def get(self, name: str) -> Value:
        """A column of the row behind it."""
        return self._row.get(name)
