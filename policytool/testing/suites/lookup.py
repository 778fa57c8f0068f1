"""Names in a policy test file, looked up in the catalog; what is not there is told with what is like it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policytool.catalog.keys import primary_key
from policytool.catalog.model import Column, Function, Name
from policytool.catalog.objects import Catalog
from policytool.testing.suites.suite import Handle, Place, Ref
from policytool.testing.suites.yamlfile import Problems, nearest

USERS: Name = ("auth", "users")
_DEPTH = 5  # references that a key may pass through: a profile's key is a user's


class Lookup:
    """The catalog and the rows that have a name, as the file writes them."""

    def __init__(self, catalog: Catalog, schemas: Sequence[str], problems: Problems) -> None:
        self.catalog = catalog
        self.problems = problems
        self.people: set[str] = set()  # actors with a row in auth.users
        self._schemas = tuple(dict.fromkeys((*schemas, "public", *catalog.schemas)))
        self._handles: dict[str, dict[Name, Handle]] = {}

    def named(self, handle: Handle) -> None:
        """Remember a row's name."""
        self._handles.setdefault(handle.name, {})[handle.table] = handle

    def has(self, handle: Handle) -> bool:
        return handle.table in self._handles.get(handle.name, ())

    def in_table(self, table: Name) -> list[str]:
        return [name for name, by_table in self._handles.items() if table in by_table]

    # --- tables, columns, functions ---------------------------------------------------------------------------------

    def find_table(self, text: str) -> Name | None:
        """A table as it is written, with or without its schema."""
        schema, dot, name = text.partition(".")
        if dot:
            return (schema, name) if (schema, name) in self.catalog.tables else None
        return next(((s, text) for s in self._schemas if (s, text) in self.catalog.tables), None)

    def table(self, text: str, at: Place) -> Name | None:
        """The same; it is a problem if there is none."""
        if found := self.find_table(text):
            return found
        names = (text,) if "." in text else tuple((s, text) for s in self._schemas)
        views = {f"{s}.{n}" for s, n in self.catalog.views} | {n for _, n in self.catalog.views}
        if text in views or any(name in self.catalog.views for name in names):
            hint = "rows of views have no names; test it with `sql` under `cases`"
            self.problems.add(at, f"{text} is a view", hint)
        else:
            self.problems.add(at, f"there is no table {text}", nearest(text, self.spelled_tables()))
        return None

    def spelled_tables(self) -> list[str]:
        """The tables as one may write them, the user's own first."""
        tables = sorted(self.catalog.tables.values(), key=lambda t: (t.origin is not None, t.schema, t.name))
        return [t.name if self.find_table(t.name) == (t.schema, t.name) else f"{t.schema}.{t.name}" for t in tables]

    def column(self, table: Name, name: str, at: Place) -> Column | None:
        """A column of a table; it is a problem if there is none."""
        columns = {column.name: column for column in self.catalog.tables[table].columns}
        if name not in columns:
            hint = nearest(name, columns, "it has")
            self.problems.add(at, f"{_spelled(table)} has no column {name}", hint)
        return columns.get(name)

    def functions(self, text: str, at: Place) -> list[Function]:
        """The functions of a name."""
        schema, dot, name = text.partition(".")
        wanted = [schema] if dot else self._schemas
        name = name if dot else text
        for one in wanted:
            found = [f for f in self.catalog.functions.values() if (f.schema, f.name) == (one, name)]
            if found:
                return found
        own = [f for f in self.catalog.functions.values() if f.origin is None and f.returns != "trigger"]
        known = [f.name if f.schema == "public" else f"{f.schema}.{f.name}" for f in own]
        self.problems.add(at, f"there is no function {text}", nearest(text, known))
        return []

    # --- rows -------------------------------------------------------------------------------------------------------

    def row(self, text: str, at: Place) -> Handle | None:
        """`table.name`: a row; it is a problem if there is none."""
        table_text, dot, name = text.rpartition(".")
        if not dot:
            self.problems.add(at, f"{text} is no row", "write table.name")
            return None
        table = self.table(table_text, at)
        return None if table is None else self.handle(table, name, at)

    def handle(self, table: Name, name: str, at: Place) -> Handle | None:
        """A row of a table by its name; it is a problem if there is none."""
        found = Handle(table, name)
        if self.has(found):
            return found
        hint = nearest(name, self.in_table(table), "it has") or "name it under `seed`"
        self.problems.add(at, f"{_spelled(table)} has no row called {name}", hint)
        return None

    def reference(self, text: str, at: Place, column: tuple[Name, str] | None = None) -> Ref | None:
        """`@name`, `@table.name`, either with `.column`; `column` is where it is to stand."""
        parts = text.removeprefix("@").split(".")
        for count in range(len(parts) - 1, 0, -1):
            table = self.find_table(".".join(parts[:count]))
            if table is not None and self.has(Handle(table, parts[count])):
                return self._reference(Handle(table, parts[count]), parts[count + 1 :], at, column)
        by_table = self._handles.get(parts[0], {})
        if not by_table:
            hint = nearest(parts[0], self._handles) or "@ begins the name of a row; @@ a text that begins with @"
            self.problems.add(at, f"there is no row called {parts[0]}", hint)
            return None
        handle = self._choose(by_table, column, at, text, bare=len(parts) == 1)
        return None if handle is None else self._reference(handle, parts[1:], at, column)

    def _choose(
        self, by_table: Mapping[Name, Handle], column: tuple[Name, str] | None, at: Place, text: str, *, bare: bool
    ) -> Handle | None:
        """The row that a name means: where a foreign key says which table, that; a person before what is theirs."""
        targets = list(self.targets(*column)) if column and bare else []
        for table, _ in targets:
            if table in by_table:
                return by_table[table]
        if targets:
            refers = f"{column[1] if column else ''} refers to {_spelled(targets[0][0])}"
            hint = f"seed a row of that name there; {text}.COLUMN gives a column of another row"
            self.problems.add(at, f"{text} is a row of {' and '.join(map(_spelled, by_table))}, {refers}", hint)
            return None
        if len(by_table) == 1 or USERS in by_table:
            return by_table.get(USERS) or next(iter(by_table.values()))
        hint = " or ".join(f"@{handle}" for handle in by_table.values())
        self.problems.add(at, f"{text} is a row of {' and of '.join(map(_spelled, by_table))}", f"write {hint}")
        return None

    def _reference(self, handle: Handle, rest: Sequence[str], at: Place, column: tuple[Name, str] | None) -> Ref | None:
        if len(rest) > 1:
            self.problems.add(at, f"@{handle}.{'.'.join(rest)} is no column of a row", "write @row.column")
            return None
        if rest:
            return Ref(handle, rest[0]) if self.column(handle.table, rest[0], at) else None
        if column is not None:
            for table, name in self.targets(*column):
                if table == handle.table:
                    return Ref(handle, name)
        if len(self.primary_key(handle.table)) != 1:
            self.problems.add(at, f"@{handle} has no key of one column", f"name the column: @{handle}.COLUMN")
            return None
        return Ref(handle)

    def targets(self, table: Name, column: str) -> Iterator[tuple[Name, str]]:
        """The columns whose values a column holds by foreign keys, the nearest first."""
        level, seen = [(table, column)], {(table, column)}
        for _ in range(_DEPTH):
            level = [far for near in level for far in self._referred(*near) if far not in seen]
            seen.update(level)
            yield from level

    def _referred(self, table: Name, column: str) -> Iterator[tuple[Name, str]]:
        found = self.catalog.tables.get(table)
        for constraint in found.constraints if found else ():
            if (reference := constraint.reference) and column in constraint.columns:
                far = dict(zip(constraint.columns, reference.columns, strict=False)).get(column)
                if far is not None:
                    yield (reference.schema, reference.table), far

    def primary_key(self, table: Name) -> tuple[str, ...]:
        return primary_key(self.catalog.tables[table])


def _spelled(table: Name) -> str:
    return table[1] if table[0] == "public" else ".".join(table)
