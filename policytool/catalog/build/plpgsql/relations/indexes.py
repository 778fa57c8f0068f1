"""pg_index, pg_indexes, pg_sequences, pg_inherits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policytool.catalog.build.plpgsql.relations.base import CatalogTable, Ghost, Relation, of_table, relations, table
from policytool.catalog.build.plpgsql.relations.classes import SYSTEM_RELATIONS, own_names
from policytool.catalog.build.plpgsql.values import SYSTEM, Oid, Some, Spelled, Value
from policytool.catalog.build.state import State


def _indexes(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    found = relations(state, {k: v for k, v in wanted.items() if k == "indexname"}, name="indexname", oid="")
    for relation in found:
        if relation.kind in "iI":
            yield relation
        elif relation.assumed:
            known = {"schemaname": relation.schema, "tablename": relation.name}
            yield Ghost(f"the indexes of the assumed table {relation.name}", known, assumed=True)
    if "indexname" in wanted:
        for assumed in _assumed(state):
            known = {"schemaname": assumed.schema, "tablename": assumed.name}
            yield Ghost(f"the indexes of the assumed table {assumed.name}", known, assumed=True)
    yield Ghost(SYSTEM_RELATIONS, {"schemaname": "pg_catalog", "tablename": own_names("relations"),
                                   "indexname": Some(prefix="pg_")})  # fmt: skip


def _assumed(state: State) -> Iterator[Relation]:
    return (of_table(item) for item in state.tables.values() if item.assumed)


def index_definition(relation: Relation) -> Spelled:
    """Something like pg_get_indexdef(): the names in it are right, its spelling is ours."""
    index = relation.item
    keys = ", ".join(key.column or key.expression or "" for key in index.keys)
    unique = "UNIQUE " if index.unique else ""
    where = f" WHERE {index.predicate}" if index.predicate else ""
    on = f"{relation.on.schema}.{relation.on.name}"
    return Spelled(f"CREATE {unique}INDEX {index.name} ON {on} USING {index.method} ({keys}){where}")


PG_INDEXES: Final = table(
    "pg_catalog.pg_indexes",
    _indexes,
    {
        "schemaname": lambda s, r: r.schema,
        "tablename": lambda s, r: r.on.name,
        "indexname": lambda s, r: r.name,
        "tablespace": lambda s, r: None,
        "indexdef": lambda s, r: index_definition(r),
    },
    ("indexname",),
)


def _index_rows(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    for relation in relations(state, wanted, name="", oid="indexrelid"):
        if relation.kind in "iI":
            yield relation
        elif relation.assumed:
            yield Ghost(f"the indexes of the assumed table {relation.name}", {"indrelid": relation.oid}, assumed=True)
    yield Ghost(SYSTEM_RELATIONS, {"indrelid": Oid("pg_class", SYSTEM), "indexrelid": Oid("pg_class", SYSTEM)})


def _key_numbers(state: State, relation: Relation) -> tuple[int, ...]:
    numbers = {column.name: n for n, column in enumerate(relation.on.columns, start=1)}
    included = relation.item.include
    return tuple(numbers.get(n or "", 0) for n in (*(k.column for k in relation.item.keys), *included))


def _primary(state: State, relation: Relation) -> bool:
    name = relation.item.constraint
    return any(c.name == name and c.kind == "PRIMARY KEY" for c in getattr(relation.on, "constraints", ()))


PG_INDEX: Final = table(
    "pg_catalog.pg_index",
    _index_rows,
    {
        "indexrelid": lambda s, r: r.oid,
        "indrelid": lambda s, r: Oid("pg_class", (r.on.schema, r.on.name)),
        "indisunique": lambda s, r: r.item.unique,
        "indisprimary": _primary,
        "indisvalid": lambda s, r: r.item.valid,
        "indnatts": lambda s, r: len(r.item.keys) + len(r.item.include),
        "indnkeyatts": lambda s, r: len(r.item.keys),
        "indkey": _key_numbers,
        "indpred": lambda s, r: None if r.item.predicate is None else Spelled(r.item.predicate),
    },
    ("indexrelid",),
)


def _sequences(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    yield from (Relation("S", *key, item) for key, item in state.sequences.items())


PG_SEQUENCES: Final = table(
    "pg_catalog.pg_sequences",
    _sequences,
    {
        "schemaname": lambda s, r: r.schema,
        "sequencename": lambda s, r: r.name,
        "sequenceowner": lambda s, r: r.owner,
        "start_value": lambda s, r: r.item.start,
        "increment_by": lambda s, r: r.item.increment,
    },
)


def _inheritance(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    for key, item in state.tables.items():
        for parent in (*((item.partition_of,) if item.partition_of else ()), *item.inherits):
            yield key, parent


PG_INHERITS: Final = table(
    "pg_catalog.pg_inherits",
    _inheritance,
    {
        "inhrelid": lambda s, pair: Oid("pg_class", pair[0]),
        "inhparent": lambda s, pair: Oid("pg_class", pair[1]),
    },
)
TABLES: Final[tuple[CatalogTable, ...]] = (PG_INDEXES, PG_INDEX, PG_SEQUENCES, PG_INHERITS)
