"""The variables of a running block or function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from policytool.catalog.build.plpgsql.values import NotKnown, Record, Unknown, Value

Node = dict[str, Any]
_UNSET = Unknown("a record that nothing was assigned to")


class Frame:
    """The variables (datums, in PL/pgSQL's words) with their values, and the names that are in sight."""

    def __init__(self, datums: Sequence[Node] = (), *, function: str = "", conflict: str = "error") -> None:
        self.datums = datums
        self.function = function
        self.conflict = conflict
        self.values: dict[int, Value] = {}
        self.parameters: Sequence[Value] = ()
        self.types: Mapping[tuple[str, int], str] = {}  # what variables were declared with, by name and line
        self.arguments: Sequence[str] = ()  # the types of the arguments, which are the first variables
        self.body = ""  # the text, for what the parser does not give
        self.named: dict[str, Value] = {}  # the arguments of a function in SQL
        self.results: list[list[Value]] = []
        self.owners: Mapping[int, tuple[int, ...]] = {}  # the variables of each block, by the line of its BEGIN
        self.row_count: Value = Unknown("how many rows a statement touched")
        self._scopes: list[tuple[str, dict[str, int]]] = []

    def declare(self, names: Mapping[str, int], label: str = "") -> None:
        """Put names in sight for good: arguments and what every body has."""
        self._scopes.append((label, dict(names)))

    @contextmanager
    def scope(self, names: Mapping[str, int], label: str = "") -> Iterator[None]:
        """Put names in sight for a while."""
        self._scopes.append((label, dict(names)))
        try:
            yield
        finally:
            self._scopes.pop()

    def number(self, name: str) -> int:
        """The variable that a name means; KeyError when there is none."""
        for _, names in reversed(self._scopes):
            if name in names:
                return names[name]
        raise KeyError(name)

    def has(self, parts: Sequence[str]) -> bool:
        """Whether a dotted name means a variable, argument or field of one."""
        if parts[0] in self.named:
            return True
        if any(parts[0] in names for _, names in self._scopes):
            return True
        if len(parts) == 1:
            return False
        if parts[0] == self.function and parts[1] in self.named:
            return True
        return any(label == parts[0] and parts[1] in names for label, names in self._scopes if label)

    def get(self, parts: Sequence[str]) -> Value:
        """A variable by its name, label.name, record.field or label.record.field."""
        if parts[0] in self.named:
            return self._inside(self.named[parts[0]], parts[1:])
        if len(parts) > 1:
            if parts[0] == self.function and parts[1] in self.named:
                return self._inside(self.named[parts[1]], parts[2:])
            for label, names in reversed(self._scopes):
                if label and label == parts[0] and parts[1] in names:
                    return self._inside(self.read(names[parts[1]]), parts[2:])
        return self._inside(self.read(self.number(parts[0])), parts[1:])

    def _inside(self, value: Value, fields: Sequence[str]) -> Value:
        for field in fields:
            if isinstance(value, Unknown):
                return value
            if not isinstance(value, Record):
                raise NotKnown(f"the field {field} of a value that is no row")
            value = value.get(field)
        return value

    def read(self, number: int) -> Value:
        """The value of a variable by its number."""
        kind, body = next(iter(self.datums[number].items()))
        if kind == "PLpgSQL_recfield":
            return self._inside(self.read(body.get("recparentno", 0)), [body["fieldname"]])
        return self.values.get(number, _UNSET if kind == "PLpgSQL_rec" else None)

    def type_of(self, number: int) -> str | None:
        """The name of the type that a variable was declared with; None for records and their fields."""
        body = self.datums[number].get("PLpgSQL_var")
        if body is None:
            return None
        if number < len(self.arguments):
            return self.arguments[number]
        told = self.types.get((body["refname"], body.get("lineno", 0)))
        return told or str(body["datatype"]["PLpgSQL_type"]["typname"])
