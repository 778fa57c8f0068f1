"""What a plan does to tables, columns and names: where a step may stand, and where it may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.catalog.build.state import Change
from policytool.catalog.ddl.names import qualified_names
from policytool.catalog.model import Column, Index, Name, Table, View
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier
from policytool.diff.same import named
from policytool.diff.simulator import Done


class Ground:
    """The facts of one plan."""

    def __init__(self, before: Catalog, done: tuple[Done, ...]) -> None:
        self.before = before
        self.born: set[tuple[str, Any]] = set()
        self._touched: dict[Name, set[str]] = {}  # columns that come, go, or change their type
        self._moved: set[Any] = set()  # the names of objects that come, go, or change
        self._tied: set[Name] = set()  # tables that get or lose parents or children
        self.dropped: dict[Name, tuple[int, Index]] = {}  # indexes, with the statement that drops them
        self.made: dict[Name, int] = {}  # indexes, with the statement that makes them
        self._names: set[Name] = set(_names(before))
        self._new_names: set[Name] = set()  # of relations, and of indexes that come with constraints
        for ordinal, one in enumerate(done):
            for change in one.changes:
                self._change(ordinal, change, one)

    def _change(self, ordinal: int, change: Change, done: Done) -> None:
        before, after = change.before, change.after
        if before is None:
            self.born.add((change.kind, change.key))
            self._new_names.add(change.key[:2])
        if isinstance(change.key, tuple) and change.kind not in ("tables", "views"):
            self._moved.add(change.key[:2])
        if not isinstance(before or after, Table | View):
            return
        if before is None or after is None or change.old_key is not None:
            self._moved.add(change.key)
            self._names.add(change.key)
        if before is not None and after is not None:
            self._touched.setdefault(change.key, set()).update(_retyped(before.columns, after.columns))
            if isinstance(after, Table) and _ties(before) != _ties(after):
                self._tied |= {change.key, *_ties(before), *_ties(after)}
        if done.statement is not None and done.statement.kind in ("IndexStmt", "DropStmt"):
            self._indexes(ordinal, change)
        elif before is not None and after is not None and before.indexes is not after.indexes:
            self._new_names |= {(change.key[0], name) for name in named(after.indexes).keys() - named(before.indexes)}

    def _indexes(self, ordinal: int, change: Change) -> None:
        old, new = (named(getattr(item, "indexes", ())) for item in (change.before, change.after))
        for name, index in old.items():
            if name not in new and change.after is not None:
                self.dropped[change.key[0], name] = ordinal, index
        for name in new:
            if name not in old:
                self.made[change.key[0], name] = ordinal

    def stays(self, kind: str, key: Name) -> bool:
        """Whether an object was there, and is under the same name all the time."""
        return key in getattr(self.before, kind) and (kind, key) not in self.born and key not in self._moved

    def existed(self, kind: str, key: Name) -> bool:
        """Whether an object was there, if under another name: it may be in use."""
        return (kind, key) not in self.born

    def tied(self, key: Name) -> bool:
        """Whether a table gets or loses a parent or a child."""
        return key in self._tied

    def untouched(self, key: Name, columns: list[str]) -> bool:
        """Whether columns are the same throughout."""
        return not self._touched.get(key, set()).intersection(columns)

    def column_existed(self, key: Name, column: str) -> bool:
        """Whether rows may have something in a column."""
        return self.stays("tables", key) and column in named(self.before.tables[key].columns)

    def still(self, host: Table | View, index: Index) -> bool:
        """Whether nothing that an index is made of comes, goes or changes."""
        key = (host.schema, host.name)
        texts = [index.predicate or "", *(k.expression or "" for k in index.keys)]
        written = " ".join(texts)
        columns = [k.column for k in index.keys if k.column is not None] + list(index.include)
        columns += [c.name for c in host.columns if c.name in written or identifier(c.name) in written]
        texts += [k.collation or "" for k in index.keys] + [k.opclass or "" for k in index.keys]
        named_in = {name for text in texts for name in qualified_names(text)}
        return self.untouched(key, columns) and not named_in & self._moved

    def free(self, schema: str, name: str) -> str:
        """A name of this kind that no relation has; it is taken from now on."""
        found, number = name, 1
        while (schema, found) in self._names:
            number += 1
            found = f"{name}{number}"
        self._names.add((schema, found))
        return found

    def named_again(self, name: Name) -> bool:
        """Whether something that is no index by itself gets the name."""
        return name in self._new_names

    def taken(self, schema: str, name: str) -> bool:
        """Whether some relation has the name before or meanwhile."""
        return (schema, name) in self._names


def _names(catalog: Catalog) -> Iterator[Name]:
    for store in (catalog.tables, catalog.views, catalog.sequences, catalog.composites):
        yield from store
    for hosts in (catalog.tables, catalog.views):
        for key, host in hosts.items():
            yield from ((key[0], index.name) for index in host.indexes)


def _retyped(before: tuple[Column, ...], after: tuple[Column, ...]) -> Iterator[str]:
    if before is after:
        return
    old, new = named(before), named(after)
    yield from old.keys() ^ new.keys()
    for name in old.keys() & new.keys():
        one, two = old[name], new[name]
        if (one.type, one.collation, one.generated) != (two.type, two.collation, two.generated):
            yield name


def _ties(table: Table) -> tuple[Name, ...]:
    return (*table.inherits, *((table.partition_of,) if table.partition_of is not None else ()))
