"""The people and rows of a test in Python, said and checked as a policy test file says them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import structs

from policytool.catalog.keys import primary_key
from policytool.integrations.pytest_desk import HIDE, Wrong
from policytool.postgres.acting import as_python, as_text
from policytool.testing.actors import Actor
from policytool.testing.running.world import World, add, named
from policytool.testing.suites.read import read_suite
from policytool.testing.suites.suite import Handle, Head, Suite
from policytool.testing.suites.yamlfile import BadSuite

if TYPE_CHECKING:
    from policytool.integrations.pytest_desk import Desk

__tracebackhide__ = HIDE
WHERE: Final = "policydb"
_NOBODY = Suite(
    head=Head(path=WHERE), actors={}, meant=frozenset(), rows=(), stated=(), who=(), sees=(), isolation=None, cases=()
)


class Row(dict[str, Any]):
    """A row that was seeded: its columns, as psycopg reads them. Given as a value it stands for its key."""

    def __init__(self, handle: Handle, columns: Mapping[str, Any]) -> None:
        super().__init__(columns)
        self.handle = handle


class Cast:
    """Grows as a test names people and rows; what is new of them is planted in the database."""

    def __init__(self, desk: Desk, schemas: tuple[str, ...]) -> None:
        self._desk = desk
        self._catalog = desk.catalog
        self._schemas = schemas
        self._actors: dict[str, dict[str, Any]] = {}
        self._seed: dict[str, dict[str, Mapping[str, Any]]] = {}
        self._mine: frozenset[Handle] = frozenset()  # the rows that were not of files
        self._others: dict[str, Actor] = {}  # the actors of files
        self.world = World(suite=_NOBODY, catalog=desk.catalog, rows={}, failed={}, held={})

    @property
    def people(self) -> dict[str, str]:
        """The names of those who have a number, by it."""
        return {actor.user: name for name, actor in self.world.suite.actors.items() if actor.user}

    def actor(self, name: str, spec: Mapping[str, Any]) -> Actor:
        """Somebody, with a row in auth.users and those of `row`."""
        if name in self._others and not spec:
            return self._others[name]
        before = self._actors.get(name)
        self._actors[name] = {**(before or {}), **{key: value for key, value in spec.items() if value is not None}}
        if self._actors[name] != before:
            self._read(lambda: self._actors.pop(name) if before is None else self._actors.update({name: before}))
        return self.world.suite.actors[name]

    def seed(self, table: str, name: str | None, columns: Mapping[str, Any]) -> Row:
        """One row."""
        name = name or f"row{sum(map(len, self._seed.values())) + 1}"
        rows = self._seed.setdefault(table, {})
        if name in rows:
            raise Wrong(f"{table} has a row called {name} already", "give it another name, or none")
        rows[name] = {column: self._said(value) for column, value in columns.items()}
        self._read(lambda: self._seed.pop(table) if len(rows) == 1 else rows.pop(name))
        return self.row(f"{table}.{name}")

    def file(self, path: str, text: str) -> None:
        """The rows and actors of a policy test file, besides those that there are."""
        suite = read_suite(path, text, self._catalog, schemas=self._schemas)
        self._others.update(suite.actors)
        self._plant(suite)
        self._read(lambda: None)

    def row(self, handle: str) -> Row:
        """A row that has a name, `table.name`, as it is now."""
        found = next((p for p in self.world.rows.values() if handle in _spellings(p.table, p.handle)), None)
        if found is None:
            known = ", ".join(sorted(min(_spellings(p.table, p.handle), key=len) for p in self.world.rows.values()))
            raise Wrong(f"there is no row {handle}", f"there are {known}" if known else "seed it")
        one = Handle(found.table, found.handle.partition("/")[2])
        answer = self._desk.bypass(f"select * from {named(one.table)} where {self.world.where(one)}")
        rows = as_python(answer)
        if not rows:
            raise Wrong(f"the row {handle} is gone, or has another key")
        return Row(one, rows[0])

    def _said(self, value: Any) -> Any:
        """A value as a policy test file has it; a row is the name of one."""
        if isinstance(value, Row):
            if value.handle in self._mine:
                return f"@{'.'.join(value.handle.table)}.{value.handle.name}"
            keys = primary_key(self._catalog.tables[value.handle.table])
            return as_text(value[keys[0]]) if len(keys) == 1 else value
        number = getattr(value, "user", None)
        return number if isinstance(number, str) else as_text(value)

    def _read(self, undo: Any) -> None:
        """Read all that was said, and plant what is new of it."""
        said = {"policytool": 1, "actors": self._actors, "seed": self._seed}
        text = json.dumps(said, ensure_ascii=False)
        try:
            suite = read_suite(WHERE, text, self._catalog, schemas=self._schemas)
            self._plant(suite)
        except BadSuite as bad:
            undo()
            first = bad.problems[0]
            raise Wrong(first.message, first.hint) from None
        except Wrong:
            undo()
            raise
        self._mine = frozenset(row.handle for row in suite.rows)
        merged = structs.replace(suite, actors={**self._others, **suite.actors})
        self.world = structs.replace(self.world, suite=merged)

    def _plant(self, suite: Suite) -> None:
        new = [row for row in suite.rows if row.handle.key not in self.world.rows]
        if not new:
            return
        world = add(self._desk.session, structs.replace(self.world, failed={}), new)
        if world.failed:
            handle, why = next(iter(world.failed.items()))
            raise Wrong(f"{handle.replace('/', '.')} could not be seeded: {why}")
        self.world = world


def _spellings(table: tuple[str, str], key: str) -> tuple[str, ...]:
    name = key.partition("/")[2]
    full = f"{table[0]}.{table[1]}.{name}"
    return (full, f"{table[1]}.{name}") if table[0] == "public" else (full,)
