"""Which indexes of a table do the work of another."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.model import Index, Table

_ORDER = {"PRIMARY KEY": 0, "UNIQUE": 1}
_SEARCHING = ("btree", "hash", "gin", "gist", "brin")


def leading(table: Table) -> frozenset[str]:
    """The columns that a search can use an index for: those that whole indexes, or the partition key, begin with."""
    whole = (i for i in table.indexes if i.keys and i.method in _SEARCHING and i.predicate is None)
    key = table.partition_key or ""
    parted = (c.name for c in table.columns if f"({c.name})" in key)
    return frozenset((*(i.keys[0].column or "" for i in whole), *parted))


def twins(table: Table) -> Iterator[tuple[Index, Index]]:
    """(index, the one to keep) for indexes that hold the same rows by the same keys in the same order."""
    groups: dict[object, list[Index]] = {}
    for index in _judged(table):
        groups.setdefault(_structure(index), []).append(index)
    for group in (g for g in groups.values() if len(g) > 1):
        kept, *others = sorted(group, key=lambda i: _worth(i, table))
        yield from ((index, kept) for index in others if _stands_in(kept, index, table))


def prefixes(table: Table) -> Iterator[tuple[Index, Index]]:
    """(index, a longer one) for plain B-tree indexes whose keys begin those of another."""
    plain = [i for i in _judged(table) if i.method == "btree" and i.predicate is None]
    by_first: dict[object, list[Index]] = {}
    for index in plain:
        by_first.setdefault(index.keys[:1], []).append(index)
    for index in plain:
        if index.unique or index.include or _identifies(index, table):
            continue
        size = len(index.keys)
        longer = [i for i in by_first[index.keys[:1]] if len(i.keys) > size and i.keys[:size] == index.keys]
        if longer:
            yield index, min(longer, key=lambda i: (len(i.keys), i.name))


def _judged(table: Table) -> list[Index]:
    """Not what belongs to an index of the partitioned table above, nor an exclusion constraint, nor a failed build."""
    excluding = {c.name for c in table.constraints if c.kind == "EXCLUDE"}
    return [i for i in table.indexes if i.valid and i.parent is None and i.keys and i.constraint not in excluding]


def _structure(index: Index) -> object:
    options = index.options if index.method not in ("btree", "hash") else ()
    return (index.method, index.keys, index.include, index.predicate, options)


def _worth(index: Index, table: Table) -> tuple[object, ...]:
    """What cannot be dropped as easily comes first."""
    kinds = {c.name: c.kind for c in table.constraints}
    kind = kinds.get(index.constraint or "", "")
    return (not _identifies(index, table), _ORDER.get(kind, 2), not index.unique, index.name)


def _identifies(index: Index, table: Table) -> bool:
    """Whether it is the table's replica identity."""
    return table.replica_identity == f"INDEX {index.name}"


def _stands_in(kept: Index, index: Index, table: Table) -> bool:
    """Whether the one to keep says all that the other says: what is unique must stay so, and at once."""
    deferrable = {c.name for c in table.constraints if c.deferrable}
    return not index.unique or (
        kept.unique
        and kept.nulls_not_distinct == index.nulls_not_distinct
        and (kept.constraint not in deferrable or index.constraint in deferrable)
    )
