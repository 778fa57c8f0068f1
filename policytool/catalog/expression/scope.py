"""What names mean at one place of a query: the tables in sight, level by level, as Postgres looks them up."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from policytool.catalog.expression.names import Domains, FunctionArguments, FunctionResults, Names, Node
from policytool.catalog.model import Name
from policytool.catalog.spelling import qualified

Columns = tuple[tuple[str, str | None], ...]

STAR: Final = "*"  # the name of a column that stands for others which are not known
_SYSTEM: Final = {"ctid": "tid", "xmin": "xid", "cmin": "cid", "xmax": "xid", "cmax": "cid", "tableoid": "oid"}


class Entry:
    """A table, sub-query or function in sight. `reference` is how the text calls it, `name` how Postgres will."""

    __slots__ = ("bare", "columns", "name", "open", "reference", "relation", "scalar", "types")

    def __init__(
        self,
        reference: str,
        name: str,
        columns: Columns,
        relation: Name | None = None,
        *,
        bare: bool = False,
        complete: bool = True,
    ) -> None:
        self.reference = reference
        self.name = name
        self.columns = columns
        self.types = dict(columns)
        if self.types.pop(STAR, STAR) is None:
            complete = False
        self.relation = relation
        self.bare = bare  # its columns are written without its name, but not in sub-queries
        # It may have columns that are not known; "unknown" is the type of one that no migration made.
        self.open = not columns or not complete or "unknown" in self.types.values()
        self.scalar = False  # its name means the one value that it holds

    def type_of(self, name: str) -> str | None:
        """The type of a column."""
        spelled = self.types.get(name) or _SYSTEM.get(name)
        return None if spelled == "unknown" else spelled

    def row_type(self) -> str | None:
        """The type of its rows, where they have one."""
        return qualified(*self.relation) if self.relation is not None else None


class Facts:
    """What the names in use can tell of functions and domains."""

    __slots__ = ("_arguments", "_domains", "_names", "_results")

    def __init__(self, names: Names) -> None:
        self._names = names
        results, arguments, domains = _offers(type(names))
        self._results = cast("FunctionResults", names) if results else None
        self._arguments = cast("FunctionArguments", names) if arguments else None
        self._domains = cast("Domains", names) if domains else None

    def result(self, function: Name, arity: int, types: Sequence[str | None] = ()) -> str | None:
        """The type that a function returns."""
        return None if self._results is None else self._results.result(function, arity, types)

    def arguments(self, function: Name, arity: int) -> tuple[str, ...]:
        """The types of a function's input arguments."""
        return () if self._arguments is None else self._arguments.arguments(function, arity)

    def columns(self, function: Name, arity: int) -> Columns | None:
        """The columns of a function in FROM; none where it returns one plain value, None where that is not known."""
        if self._results is None:
            return None
        columns = self._results.result_columns(function, arity)
        returns = None if columns else self._results.result(function, arity)
        if columns or returns is None:
            return columns or None
        schema, _, name = returns.removeprefix("SETOF ").rpartition(".")
        row = self._names.relation(schema, name) if schema else None
        return row.columns if row is not None else ()

    def under(self, spelled: str) -> str:
        """A type, or what is under it if it is a domain."""
        found = None if self._domains is None else self._domains.domain(spelled)
        return spelled if found is None else found


@functools.cache
def _offers(names: type[Names]) -> tuple[bool, bool, bool]:
    return issubclass(names, FunctionResults), issubclass(names, FunctionArguments), issubclass(names, Domains)


class Scope:
    """One level of a query, inside another one or none."""

    __slots__ = ("ctes", "entries", "facts", "merged", "names", "parent", "taken", "uses")

    def __init__(self, names: Names, parent: Scope | None = None, taken: frozenset[str] = frozenset()) -> None:
        self.names = names
        self.facts: Facts = parent.facts if parent is not None else Facts(names)
        self.parent = parent
        self.taken: set[str] = set(taken)  # names given to tables here or further out
        self.entries: list[Entry] = []
        self.ctes: dict[str, Columns] = {}
        self.merged: dict[str, Entry] = {}  # columns that JOIN … USING made one, and whose they are
        self.uses = 0  # how many columns of this level were named so far

    def column(self, name: str) -> Entry | None:
        """Whose column of that name it is: that of the innermost level that has one.

        None where a table of a level further in may have it as well, for all that is known of that table.
        """
        scope: Scope | None = self
        candidates: list[tuple[Scope, Entry]] = []
        while scope is not None:
            found = scope._own(name)
            if found is not None:
                if candidates:
                    return None
                scope.uses += 1
                return found
            candidates += [(scope, entry) for entry in scope.entries if entry.open]
            scope = scope.parent
        if name in _SYSTEM:
            candidates = [(self, entry) for entry in self.entries if entry.relation is not None]
        if len(candidates) != 1:
            return None
        candidates[0][0].uses += 1
        return candidates[0][1]

    def _own(self, name: str) -> Entry | None:
        owner = self.merged.get(name)
        if owner is not None:
            return owner
        for entry in self.entries:
            if name in entry.types:
                return entry
        return None

    def learn(self, node: Any) -> None:
        """Note the columns that a query itself names of the tables here of which more is to be known."""
        tables = {entry.reference: entry for entry in self.entries if entry.open}
        if tables:
            _learn(node, tables)

    def written(self, entry: Entry, name: str) -> Node:
        """A column as it is written at this level."""
        column = {"String": {"sval": name}}
        if entry.bare and (not entry.name or entry in self.entries):
            return {"ColumnRef": {"fields": [column]}}
        return {"ColumnRef": {"fields": [{"String": {"sval": entry.name}}, column]}}

    def entry(self, reference: str, schema: str | None = None) -> Entry | None:
        """The table that the text calls so, in the innermost level that has one."""
        scope: Scope | None = self
        while scope is not None:
            for entry in scope.entries:
                if schema is None and entry.reference == reference:
                    scope.uses += 1
                    return entry
                if schema is not None and entry.relation == (schema, reference):
                    scope.uses += 1
                    return entry
            scope = scope.parent
        return None

    def cte(self, name: str) -> Columns | None:
        """The columns of the WITH query of that name in sight."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.ctes:
                return scope.ctes[name]
            scope = scope.parent
        return None

    def claim(self, reference: str) -> str:
        """A name for a table of this level that no table here or further out has: `posts`, else `posts_1`, …"""
        name, number = reference, 0
        while name in self.taken:
            number += 1
            name = f"{reference[: 62 - len(str(number))]}_{number}"
        self.taken.add(name)
        return name

    def plain(self, spelled: str | None) -> str | None:
        """A type, or what is under it if it is a domain."""
        if spelled is None or "." not in spelled:
            return spelled
        return self.facts.under(spelled)


def _learn(node: Any, tables: dict[str, Entry]) -> None:
    if isinstance(node, list):
        for item in node:
            _learn(item, tables)
    elif isinstance(node, dict):
        fields = node.get("fields")
        if fields and len(fields) == 2 and "String" in fields[1]:
            entry = tables.get(fields[0]["String"]["sval"])
            if entry is not None:
                entry.types.setdefault(fields[1]["String"]["sval"], None)
        for value in node.values():
            if isinstance(value, dict | list):
                _learn(value, tables)


def unnamed(columns: Iterable[tuple[str, str | None]]) -> Entry:
    """Variables that are in sight without a table, such as arguments of a function."""
    return Entry("", "", tuple(columns), bare=True)
