"""Indexes of tables and materialised views."""

from __future__ import annotations

from policytool.catalog.ddl import words
from policytool.catalog.ddl.names import References, relation_key
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.model import Index, IndexKey, Table, View
from policytool.catalog.spelling import identifier, qualified


def create(host: Table | View, index: Index, *, only: bool = False) -> str:
    """CREATE INDEX."""
    relation = f"{'only ' if only else ''}{qualified(host.schema, host.name)}"
    text = f"create {'unique ' if index.unique else ''}index {identifier(index.name)} on {relation}"
    text += f" using {identifier(index.method)} ({', '.join(key(part) for part in index.keys)})"
    if index.include:
        text += f" include ({words.listed(index.include)})"
    if index.nulls_not_distinct:
        text += " nulls not distinct"
    if index.options:
        text += f" with {words.storage(index.options)}"
    return text if index.predicate is None else f"{text} where {index.predicate}"


def key(part: IndexKey) -> str:
    """One key of an index or an exclusion constraint."""
    text = identifier(part.column) if part.column is not None else f"({part.expression})"
    if part.collation is not None:
        text += f" collate {part.collation}"
    if part.opclass is not None:
        text += f" {part.opclass}"
    if part.descending:
        text += " desc"
    if part.nulls_first != part.descending:
        text += " nulls first" if part.nulls_first else " nulls last"
    return text


def texts(index: Index) -> list[str | None]:
    """What an index names others in."""
    return [index.predicate, *(text for k in index.keys for text in (k.expression, k.collation, k.opclass))]


def steps(host: Table | View, references: References) -> list[Step]:
    """The indexes that serve no constraint. One that lacks partitions is made when they are attached."""
    return [_step(host, index, references) for index in host.indexes if index.constraint is None]


def _step(host: Table | View, index: Index, references: References) -> Step:
    name = (host.schema, host.name)
    needs = references.of(texts(index)) | {relation_key(name)}
    late = isinstance(host, Table) and host.kind == "partitioned table" and not index.valid
    if late:
        needs |= references.partitions(name)
        phase = Phase.PARTITIONS
    else:
        phase = Phase.MATERIALIZED if isinstance(host, View) else Phase.INDEXES
    sql = create(host, index, only=late)
    return step(phase, ("index", host.schema, index.name), sql, schema=host.schema, needs=needs)
