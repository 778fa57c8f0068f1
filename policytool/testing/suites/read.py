"""Reads a policy test file: every name is looked up, every mistake told with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, get_args

import msgspec

from policytool.catalog.objects import Catalog
from policytool.config import PLATFORMS, PlatformName
from policytool.testing.actors import Actor
from policytool.testing.suites.form import Form
from policytool.testing.suites.lookup import USERS, Lookup
from policytool.testing.suites.read_actors import Actors
from policytool.testing.suites.read_cases import Cases
from policytool.testing.suites.read_tables import Tables
from policytool.testing.suites.suite import Grants, Handle, Head, Place, Ref, Row, Suite, Value
from policytool.testing.suites.values import Values, made_up_key
from policytool.testing.suites.yamlfile import Mapping, Node, Problems, Scalar, parse

KEYS: Final = (
    "policytool", "description", "migrations", "profile", "grants", "actors", "seed", "tables", "who", "sees",
    "isolation", "cases",
)  # fmt: skip
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_RESERVED: Final = ("create", "frozen", "others")


def read_head(path: str, text: str) -> Head:
    """What a file says of where it belongs. Raises BadSuite."""
    problems = Problems(path)
    form = Form(problems)
    found = {key: value for key, (_, value) in form.keys(parse(path, text), KEYS, "a policy test").items()}
    problems.found.clear()  # the whole is read later, with these mistakes and all others
    grants = form.choice(found["grants"], get_args(Grants), "grants") if "grants" in found else None
    platform = form.choice(found["profile"], PLATFORMS, "profile") if "profile" in found else None
    migrations = form.word(found["migrations"], "migrations") if "migrations" in found else None
    problems.check()
    return Head(
        path=path,
        migrations=migrations.text if migrations else None,
        platform=next((p for p in get_args(PlatformName) if p == platform), None),
        grants=next((g for g in get_args(Grants) if g == grants), None),
    )


def read_suite(path: str, text: str, catalog: Catalog, *, schemas: Sequence[str] = ("public",)) -> Suite:
    """A file against the catalog that it is for. Raises BadSuite with all that is wrong."""
    return _Reader(path, catalog, schemas).read(parse(path, text), text)


class _Reader:
    def __init__(self, path: str, catalog: Catalog, schemas: Sequence[str]) -> None:
        self._problems = Problems(path)
        self._form = Form(self._problems)
        self._lookup = Lookup(catalog, schemas, self._problems)
        self._values = Values(self._lookup, self._known)
        self._actors = Actors(self._form, self._lookup, self._values)
        self._given: dict[Handle, dict[str, Node]] = {}
        self._at: dict[Handle, Place] = {}
        self._assigned: dict[Handle, dict[str, str]] = {}

    def read(self, tree: Node, text: str) -> Suite:
        found = {key: value for key, (_, value) in self._form.keys(tree, KEYS, "a policy test").items()}
        nothing = Mapping((), tree.at)
        self._version(tree, found.get("policytool"))
        self._actors.declare(found.get("actors", nothing))
        self._declare(found.get("seed", nothing))
        actors = self._actors.read()
        rows = tuple(self._rows(actors))
        tables = Tables(self._form, self._lookup, self._values, actors)
        cases = Cases(self._form, self._lookup, self._values, actors)
        suite = Suite(
            head=read_head(self._problems.path, text),
            actors=actors,
            meant=self._actors.meant,
            rows=rows,
            stated=tuple(tables.stated(found.get("tables", nothing))),
            who=tuple(tables.who(found["who"])) if "who" in found else (),
            sees=tuple(tables.sees(found.get("sees", nothing))),
            isolation=tables.isolation(found["isolation"]) if "isolation" in found else None,
            cases=tuple(cases.read(found["cases"])) if "cases" in found else (),
        )
        self._problems.check()
        # Keys that were made up for rows because somebody's claims or a case name them.
        return msgspec.structs.replace(suite, rows=tuple(self._with_key(row) for row in suite.rows))

    def _version(self, tree: Node, node: Node | None) -> None:
        if not isinstance(node, Scalar) or node.text != "1":
            at = node.at if node else tree.at
            self._problems.add(at, "a policy test begins with `policytool: 1`", "the number is that of the format")

    # --- rows -------------------------------------------------------------------------------------------------------

    def _declare(self, seed: Node) -> None:
        """Remember the names of all rows before any value is read: they may refer to each other in any order."""
        for user in self._actors.users:
            self._lookup.named(user)
        for handle, node, at in (*self._actors.rows(), *self._seeds(seed)):
            if handle in self._given:
                self._problems.add(at, f"{handle} is there twice", f"it is also on line {self._at[handle].line}")
                continue
            self._lookup.named(handle)
            self._at[handle] = at
            self._given[handle] = {key.text: value for key, value in self._form.entries(node, f"the row {handle}")}
            for key, _ in self._form.entries(node, ""):
                self._lookup.column(handle.table, key.text, key.at)

    def _seeds(self, seed: Node) -> Iterator[tuple[Handle, Node, Place]]:
        for key, rows in self._form.entries(seed, "seed"):
            table = self._lookup.table(key.text, key.at)
            for name, node in self._form.entries(rows, f"seed.{key.text}") if table else ():
                if not _NAME.match(name.text) or name.text in _RESERVED:
                    hint = "use letters, digits, _ and -, but not create, frozen or others"
                    self._problems.add(name.at, f"{name.text} cannot be the name of a row", hint)
                elif table:
                    yield Handle(table, name.text), node, name.at

    def _rows(self, actors: dict[str, Actor]) -> Iterator[Row]:
        for handle in self._actors.users:
            person = self._actors.person(handle.name, actors[handle.name])
            extra = self._read_given(handle)
            at = self._at.get(handle) or self._actors.at(handle.name)
            yield Row(handle=handle, given={**person, **extra}, at=at)
        for handle, nodes in self._given.items():
            if handle.table == USERS and handle in self._actors.users:
                continue
            own = self._actors.link(handle, nodes.keys(), self._at[handle])
            yield Row(handle=handle, given={**own, **self._read_given(handle)}, at=self._at[handle])

    def _read_given(self, handle: Handle) -> dict[str, Value]:
        columns = {column.name for column in self._lookup.catalog.tables[handle.table].columns}
        given = self._given.get(handle, {})
        return {c: self._values.of_column(handle.table, c, node) for c, node in given.items() if c in columns}

    def _with_key(self, row: Row) -> Row:
        extra = self._assigned.get(row.handle)
        return msgspec.structs.replace(row, given={**row.given, **extra}) if extra else row

    def _known(self, ref: Ref, at: Place) -> str | None:
        """What a row's column will hold: what is given, or a key that it gets now."""
        handle = ref.handle
        keys = self._lookup.primary_key(handle.table)
        column = ref.column or (keys[0] if len(keys) == 1 else "")
        node: Any = self._given.get(handle, {}).get(column)
        if isinstance(node, Scalar) and not node.null and not node.text.startswith("@"):
            return node.text
        if handle in self._actors.users and column == "id":
            return self._actors.number(handle.name)
        found = next((c for c in self._lookup.catalog.tables[handle.table].columns if c.name == column), None)
        linked = handle.name in self._actors.named and column in self._actors.link(handle, (), at)
        if linked:
            return self._actors.number(handle.name)
        if node is None and found is not None and found.type == "uuid" and (column,) == keys:
            return self._assigned.setdefault(handle, {}).setdefault(column, made_up_key(handle))
        hint = f"give {handle} its {column or 'key'} where it is seeded"
        self._problems.add(at, f"@{handle} is not known before there are rows", hint)
        return None
