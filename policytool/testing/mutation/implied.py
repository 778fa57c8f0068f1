"""Whether a comparison of columns follows from others by keys: two that refer to the same row agree in all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from policytool.catalog.model import Name, Table
from policytool.catalog.objects import Catalog
from policytool.syntax.node import names
from policytool.testing.mutation.conjuncts import Without

Node = Mapping[str, Any]
Side = tuple[str, str]  # the name of a relation in the query ("" is the row itself), and a column
Pair = frozenset[Side]


class Far(Struct, frozen=True, kw_only=True):
    """A column is that of a row of `table`, which is found by other columns: near by far. `itself`: it is that row.

    `empty` are the near columns that may be NULL: then nothing is referred to, whatever the others hold.
    """

    table: Name
    column: str
    by: Mapping[str, str]
    itself: bool = False
    empty: frozenset[str] = frozenset()


def implied(dropped: Without, table: Table, catalog: Catalog) -> bool:
    """Whether `a.x = b.y` holds wherever the conditions beside it do.

    `o.tenant_id = items.tenant_id` follows from `o.id = items.order_id` where (tenant_id, order_id) refers to
    (tenant_id, id), and id alone is a key.
    """
    pair = _pair(dropped.condition, dropped, table)
    if pair is None:
        return False
    beside = {found for node in dropped.beside if (found := _pair(node, dropped, table)) is not None}
    one, other = tuple(pair)
    for left in _ways(one, dropped, table, catalog):
        for right in _ways(other, dropped, table, catalog):
            if (left.table, left.column) == (right.table, right.column) and not (left.itself and right.itself):
                far = catalog.tables[left.table]
                if any(_same(one[0], left, other[0], right, key, beside) for key in _keys(far)):
                    return True
    return False


def _same(one: str, left: Far, other: str, right: Far, key: tuple[str, ...], beside: set[Pair]) -> bool:
    """Whether both find the same row by a key. Columns that are equal to others are not NULL."""
    equal: set[Side] = set()
    for column in key:
        near = [c for c, far in left.by.items() if far == column]
        across = [c for c, far in right.by.items() if far == column]
        found = [pair for a in near for b in across if (pair := frozenset(((one, a), (other, b)))) in beside]
        if not found:
            return False
        equal |= found[0]
    unsure = {*((one, c) for c in left.empty), *((other, c) for c in right.empty)}
    return unsure <= equal


def _ways(side: Side, dropped: Without, table: Table, catalog: Catalog) -> Iterator[Far]:
    """The rows that a column is part of, or refers to, at once or by way of others."""
    source = table if not side[0] else catalog.tables.get(dropped.sources[side[0]])
    if source is None:
        return
    itself = {c.name: c.name for c in source.columns}
    found = [Far(table=(source.schema, source.name), column=side[1], by=itself, itself=True)]
    for far in found:
        yield far
        known = {(f.table, f.column) for f in found}
        found += [f for f in _onward(far, catalog) if (f.table, f.column) not in known]


def _onward(far: Far, catalog: Catalog) -> Iterator[Far]:
    """What the row itself refers to by a foreign key with the column in it."""
    source = catalog.tables[far.table]
    nullable = {c.name for c in source.columns if not c.not_null} if far.itself else set()
    for constraint in source.constraints:
        reference = constraint.reference
        sure = constraint.validated and constraint.enforced and set(constraint.columns) <= set(far.by.values())
        if reference is None or not sure or far.column not in constraint.columns:
            continue
        pairs = dict(zip(constraint.columns, reference.columns, strict=True))
        by = {near: pairs[column] for near, column in far.by.items() if column in pairs}
        yield Far(
            table=(reference.schema, reference.table),
            column=pairs[far.column],
            by=by,
            empty=far.empty | (frozenset(by) & nullable),
        )


def _keys(table: Table) -> Iterator[tuple[str, ...]]:
    yield from (c.columns for c in table.constraints if c.kind in ("PRIMARY KEY", "UNIQUE") and not c.deferrable)


def _pair(node: Node, dropped: Without, table: Table) -> Pair | None:
    """The two columns of an equation; None where it is something else."""
    body = node.get("A_Expr", {})
    if body.get("kind") != "AEXPR_OP" or names(body.get("name")) != ("=",):
        return None
    sides = [_side(body.get(key, {}), dropped, table) for key in ("lexpr", "rexpr")]
    found = frozenset(side for side in sides if side is not None)
    return found if None not in sides and len(found) == 2 else None


def _side(node: Node, dropped: Without, table: Table) -> Side | None:
    fields = names(node.get("ColumnRef", {}).get("fields"))
    match fields:
        case (column,) if not dropped.sources:
            return "", column
        case (relation, column) if relation in dropped.sources:
            return relation, column
        case (relation, column) if relation == table.name:
            return "", column
    return None
