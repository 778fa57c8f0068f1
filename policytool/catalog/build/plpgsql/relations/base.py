"""How a system catalog is given: its columns, the rows it has, and what each column of a row says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from policytool.catalog.build.plpgsql.values import Assumed, NotKnown, Oid, Unknown, Value, known
from policytool.catalog.build.state import State
from policytool.catalog.model import Column, Index, Name, Table, View
from policytool.catalog.model import Sequence as SequenceItem
from policytool.catalog.objects import Composite

Getter = Callable[[State, Any], Value]
Scan = Callable[[State, Mapping[str, Value]], Iterable[Any]]
_PACKAGE = "policytool.catalog.build.plpgsql"


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A relation of pg_catalog or information_schema."""

    name: str
    columns: tuple[str, ...]
    getters: Mapping[str, Getter]
    scan: Scan
    keys: frozenset[str] = frozenset()  # columns that `scan` looks rows up by without going through all


@dataclass(frozen=True, slots=True)
class Ghost:
    """Rows that may be there: those of Postgres's own objects, or what nobody said of an assumed table."""

    reason: str
    values: Mapping[str, Value] = field(default_factory=dict)
    assumed: bool = False
    sure: bool = False  # the row is there; only its columns are not all known


class CatalogRow:
    """A row whose columns are worked out when they are asked for."""

    __slots__ = ("_item", "_state", "_table", "names")

    def __init__(self, state: State, table: CatalogTable, names: Sequence[str], item: Any) -> None:
        self._state = state
        self._table = table
        self._item = item
        self.names = names

    @property
    def doubt(self) -> NotKnown | None:
        """Why the row may not be there."""
        if not isinstance(self._item, Ghost) or self._item.sure:
            return None
        return (Assumed if self._item.assumed else NotKnown)(self._item.reason)

    def get(self, name: str) -> Value:
        """A column; NotKnown where the catalog does not hold it."""
        if isinstance(self._item, Ghost):
            if name not in self._table.columns:
                raise KeyError(name)
            value = self._item.values.get(name, Unknown(self._item.reason))
            if isinstance(value, Unknown) and self._item.assumed:
                raise Assumed(value.reason)
            return known(value)
        getter = self._table.getters.get(name)
        if getter is None:
            if name in self._table.columns:
                raise NotKnown(f"{self._table.name}.{name} is not in the catalog")
            raise KeyError(name)
        return known(getter(self._state, self._item))


@cache
def columns_of() -> Mapping[str, tuple[str, ...]]:
    """The columns of every relation that Postgres has by itself, by its qualified name."""
    text = files(_PACKAGE).joinpath("names", "columns.txt").read_text(encoding="utf-8")
    found = (line.split() for line in text.splitlines())
    return {name: tuple(columns) for name, *columns in found}


@cache
def words(file: str) -> frozenset[str]:
    """The names in one of the lists of Postgres's own names."""
    return frozenset(files(_PACKAGE).joinpath("names", file).read_text(encoding="utf-8").split())


def table(name: str, scan: Scan, getters: Mapping[str, Getter], keys: Iterable[str] = ()) -> CatalogTable:
    """A relation whose columns are those that Postgres gives it."""
    columns = columns_of()[name]
    if strange := set(getters) - set(columns):
        raise ValueError(f"{name} has no columns {strange}")
    return CatalogTable(name.partition(".")[2], columns, getters, scan, frozenset(keys))


# --- relations ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of any kind, as pg_class has it; `owner_item` is the table or view of an index."""

    kind: str  # as in pg_class.relkind
    schema: str
    name: str
    item: Any
    on: Any = None

    @property
    def key(self) -> Name:
        """Schema and name."""
        return self.schema, self.name

    @property
    def oid(self) -> Oid:
        """Its identifier."""
        return Oid("pg_class", self.key)

    @property
    def owner(self) -> str:
        """The owner; that of the table for an index."""
        owner: str = (self.on or self.item).owner
        return owner

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, none for sequences and indexes."""
        columns: tuple[Column, ...] = getattr(self.item, "columns", ()) if self.kind not in "Si" else ()
        return columns

    @property
    def assumed(self) -> bool:
        """Whether no statement made it."""
        return bool(getattr(self.item, "assumed", False))


_TABLE_KINDS = {"table": "r", "partitioned table": "p", "foreign table": "f"}


def of_table(item: Table) -> Relation:
    """A table as a relation."""
    return Relation(_TABLE_KINDS[item.kind], item.schema, item.name, item)


def of_view(item: View) -> Relation:
    """A view as a relation."""
    return Relation("m" if item.materialized else "v", item.schema, item.name, item)


def indexes_of(relation: Relation) -> Iterator[Relation]:
    """The indexes of a table or materialised view."""
    kind = "I" if relation.kind == "p" else "i"
    for index in getattr(relation.item, "indexes", ()):
        yield Relation(kind, relation.schema, index.name, index, relation.item)


def relation_at(state: State, key: Name) -> Relation | None:
    """The relation of a qualified name."""
    item: Table | View | SequenceItem | Composite | Index | None
    if (item := state.tables.get(key)) is not None:
        return of_table(item)
    if (item := state.views.get(key)) is not None:
        return of_view(item)
    if (item := state.sequences.get(key)) is not None:
        return Relation("S", *key, item)
    if (item := state.composites.get(key)) is not None:
        return Relation("c", *key, item)
    owner = state.indexes.get(key)
    if owner is not None and (on := relation_at(state, owner)) is not None:
        return next((r for r in indexes_of(on) if r.name == key[1]), None)
    return None


def relations(state: State, wanted: Mapping[str, Value], name: str = "relname", oid: str = "oid") -> Iterator[Relation]:
    """All relations, or those of a wanted name or identifier."""
    if oid in wanted:
        key = wanted[oid].key if isinstance(wanted[oid], Oid) else None
        found = relation_at(state, key) if isinstance(key, tuple) and len(key) == 2 else None
        if found is not None:
            yield found
    elif isinstance(wanted.get(name), str):
        for schema in (*state.schemas, "pg_temp"):
            found = relation_at(state, (schema, wanted[name]))
            if found is not None:
                yield found
    else:
        yield from _all(state)


def _all(state: State) -> Iterator[Relation]:
    for relation in tables_and_views(state):
        yield relation
        yield from indexes_of(relation)
    for key, sequence in state.sequences.items():
        yield Relation("S", *key, sequence)
    for key, composite in state.composites.items():
        yield Relation("c", *key, composite)


def tables_and_views(
    state: State, name: Value = None, schema: Value = None, *, kinds: str = "rpfvm"
) -> Iterator[Relation]:
    """Tables and views, or those of one name."""
    if isinstance(name, str):
        schemas = (schema,) if isinstance(schema, str) else (*state.schemas, "pg_temp")
        for candidate in schemas:
            found = relation_at(state, (candidate, name))
            if found is not None and found.kind in kinds:
                yield found
        return
    for item in (*map(of_table, state.tables.values()), *map(of_view, state.views.values())):
        if item.kind in kinds and (not isinstance(schema, str) or item.schema == schema):
            yield item


def role(name: str) -> Oid:
    """The identifier of a role."""
    return Oid("pg_authid", name)


def namespace(name: str) -> Oid:
    """The identifier of a schema."""
    return Oid("pg_namespace", name)
