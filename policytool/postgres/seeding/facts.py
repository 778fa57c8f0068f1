"""What a row of a table has to satisfy, as the catalog says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from msgspec import Struct

from policytool.catalog.expression.references import references
from policytool.catalog.keys import primary_key
from policytool.catalog.model import Column, Index, Name, Reference, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier
from policytool.postgres.seeding.constants import Constants, constants, joined

NOTHING = Constants()


class Key(Struct, frozen=True, kw_only=True):
    """A foreign key."""

    name: str
    columns: tuple[str, ...]
    to: Name
    far: tuple[str, ...]

    @staticmethod
    def of(name: str, columns: tuple[str, ...], reference: Reference) -> Key:
        """What the constraint says."""
        return Key(name=name, columns=columns, to=(reference.schema, reference.table), far=reference.columns)


class Unique(Struct, frozen=True, kw_only=True):
    """What may be there once: keys as expressions, with the operators that rows must not meet in."""

    name: str
    keys: tuple[str, ...]
    operators: tuple[str, ...]
    columns: tuple[str, ...]  # all that the keys and the predicate read
    predicate: str | None = None


class Check(Struct, frozen=True, kw_only=True):
    """A condition on one row; `strict` where it must be true and not just not false."""

    name: str
    expression: str
    columns: tuple[str, ...]
    strict: bool = False


class Shape:
    """A table and what its rows have to satisfy."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.name: Name = (table.schema, table.name)
        self.columns: dict[str, Column] = {column.name: column for column in table.columns}

    @cached_property
    def required(self) -> frozenset[str]:
        """The columns that may not be null."""
        return frozenset(name for name, column in self.columns.items() if column.not_null)

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The foreign keys; those of several columns first, as they say more."""
        found = [Key.of(c.name, c.columns, c.reference) for c in self.table.constraints if c.reference and c.enforced]
        return tuple(sorted(found, key=lambda key: -len(key.columns)))

    @cached_property
    def keyed(self) -> frozenset[str]:
        """The columns of foreign keys."""
        return frozenset(name for key in self.keys for name in key.columns)

    @cached_property
    def primary(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return primary_key(self.table)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The checks of the table."""
        return tuple(
            Check(name=c.name, expression=c.expression, columns=c.columns)
            for c in self.table.constraints
            if c.kind == "CHECK" and c.expression and c.enforced
        )

    @cached_property
    def uniques(self) -> tuple[Unique, ...]:
        """The unique indexes and exclusion constraints."""
        exclusions = {c.name: c.operators for c in self.table.constraints if c.kind == "EXCLUDE"}
        exclusions |= {c.name: (*("=" for _ in c.columns[1:]), "&&") for c in self.table.constraints if c.period}
        return tuple(
            _unique(index, exclusions.get(index.constraint or "", ()))
            for index in self.table.indexes
            if index.unique or index.constraint in exclusions
        )

    def told(self, column: str, *, alone: bool = False) -> Constants:
        """The constants of the checks that read a column; `alone`, of those that read no other."""
        return joined(
            tuple(
                constants(check.expression)
                for check in self.checks
                if column in self.read(check.columns) and not (alone and len(check.columns) > 1)
            )
        )

    def read(self, columns: Iterable[str]) -> tuple[str, ...]:
        """The columns, with those that generated ones among them are made of in their place."""
        found: dict[str, None] = {}
        for name in columns:
            column = self.columns.get(name)
            if column is not None and column.generated:
                found |= dict.fromkeys(sorted(references(column.generated).own_columns))
            elif column is not None:
                found[name] = None
        return tuple(found)


def _unique(index: Index, operators: tuple[str, ...]) -> Unique:
    keys = tuple(identifier(key.column) if key.column else key.expression or "" for key in index.keys)
    texts = [key.expression for key in index.keys if key.expression] + ([index.predicate] if index.predicate else [])
    read = [key.column for key in index.keys if key.column]
    read += [name for text in texts for name in sorted(references(text).own_columns)]
    equal = "is not distinct from" if index.nulls_not_distinct else "="
    return Unique(
        name=index.name,
        keys=keys,
        operators=operators or (equal,) * len(keys),
        columns=tuple(dict.fromkeys(read)),
        predicate=index.predicate,
    )


class Shapes:
    """The tables of a catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._known: dict[Name, Shape] = {}

    def __getitem__(self, name: Name) -> Shape:
        if name not in self._known:
            self._known[name] = Shape(self.catalog.tables[name])
        return self._known[name]

    def __contains__(self, name: Name) -> bool:
        return name in self.catalog.tables


def order(catalog: Catalog) -> list[Name]:
    """The user's tables and those of the platform that they refer to, each after what it refers to."""
    wanted: dict[Name, set[Name]] = {}
    queue = [key for key, table in catalog.tables.items() if table.origin is None]
    while queue:
        key = queue.pop()
        if key in wanted or key not in catalog.tables:
            continue
        wanted[key] = {to for other in Shape(catalog.tables[key]).keys for to in _held(catalog, other.to)} - {key}
        queue += wanted[key]
    plain = {key: parents for key, parents in sorted(wanted.items()) if catalog.tables[key].kind == "table"}
    while True:
        try:
            return [key for key in TopologicalSorter(plain).static_order() if key in plain]
        except CycleError as error:
            # One of the circle has to begin without the others: a table whose key to the one before may be null.
            steps = list(pairwise(error.args[1]))
            needed, table = next((s for s in steps if _may_be_null(Shape(catalog.tables[s[1]]), s[0])), steps[0])
            plain[table] = plain[table] - {needed}


def _may_be_null(shape: Shape, other: Name) -> bool:
    """Whether a row need not refer to the other table."""
    return not any(shape.required.issuperset(key.columns) for key in shape.keys if key.to == other)


def _held(catalog: Catalog, name: Name) -> list[Name]:
    """The tables that hold the rows of one."""
    table = catalog.tables.get(name)
    return [name] if table is None or table.kind != "partitioned table" else list(leaves(catalog, name))


def leaves(catalog: Catalog, name: Name) -> Iterator[Name]:
    """The partitions of a table that hold rows themselves."""
    for key, table in catalog.tables.items():
        if table.partition_of == name:
            if table.kind == "partitioned table":
                yield from leaves(catalog, key)
            else:
                yield key
