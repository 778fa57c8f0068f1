"""Partitions and inheritance: what a child gets from its parent, and what it keeps when they part."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec.structs import replace

from policytool.catalog.build import constraints, foreign_keys, index_keys, indexes, merge, partition_keys, triggers
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.model import Column, Constraint, Name, Table

Part = TypeVar("Part", Column, Constraint)


def partition_key(state: State, key: Name, node: Node) -> str:
    """The text of PARTITION BY."""
    return partition_keys.key_text(
        node,
        lambda expression: canonical(expression, names_of(state), table=key),
        lambda method, element: index_keys.opclass(state, method, element),
    )


def check_key(state: State, key: Name) -> None:
    """The columns of a partition key must be there."""
    table = state.tables[key]
    known = {c.name for c in table.columns}
    for column in partition_keys.columns(table.partition_key or ""):
        if column is not None and column not in known:
            raise Refused("42703", f'column "{column}" named in partition key does not exist')


def bound(state: State, parent: Name, node: Node) -> str:
    """The text of FOR VALUES or DEFAULT."""
    table = state.tables[parent]
    kinds = {c.name: c.type for c in table.columns}
    types = tuple(kinds.get(c) if c is not None else None for c in partition_keys.columns(table.partition_key or ""))
    return partition_keys.bound_text(node, types, lambda expression: canonical(expression, names_of(state)))


def require_partitioned(table: Table) -> None:
    """Only a partitioned table has partitions; an assumed one may have been one."""
    if table.kind != "partitioned table" and not table.assumed:
        raise Refused("42P17", f'"{table.name}" is not partitioned')


def inherit_parts(state: State, parent: Name, child: Name) -> None:
    """Give a new partition the indexes, foreign keys and row triggers of its parent."""
    above = state.tables[parent]
    for index in above.indexes:
        indexes.link(state, child, parent, index)
    for constraint in above.constraints:
        if constraint.kind == "FOREIGN KEY":
            foreign_keys.inherit(state, child, constraint)
    triggers.clone_triggers(state, parent, child)


# --- ATTACH and DETACH ----------------------------------------------------------------------------------------------


def attach(state: State, parent: Name, child: Name, node: Node) -> None:
    """ATTACH PARTITION."""
    table = state.tables[child]
    require_partitioned(state.tables[parent])
    if table.partition_of is not None:
        raise Refused("42809", f'"{child[1]}" is already a partition')
    if table.inherits:
        raise Refused("42809", "cannot attach inheritance child as partition")
    if any(c.name in {p.name for p in state.tables[parent].columns} and c.identity for c in table.columns):
        raise Refused("42809", f'table "{child[1]}" being attached contains an identity column')
    text = bound(state, parent, node)
    _same_columns(state, parent, child)
    columns = joined_columns(state, parent, child, partition=True)
    state.update("tables", child, columns=columns, partition_of=parent, partition_bound=text)
    _join_checks(state, parent, child)
    inherit_parts(state, parent, child)


def _same_columns(state: State, parent: Name, child: Name) -> None:
    if state.tables[parent].assumed or state.tables[child].assumed:
        return
    known = {c.name for c in state.tables[parent].columns}
    for column in state.tables[child].columns:
        if column.name not in known:
            raise Refused(
                "42804", f'table "{child[1]}" contains column "{column.name}" not found in parent "{parent[1]}"'
            )


def joined_columns(state: State, parent: Name, child: Name, *, partition: bool) -> tuple[Column, ...]:
    """The child's columns after it has come under a parent (MergeAttributesIntoExisting)."""
    table = state.tables[child]
    above = {c.name: c for c in state.tables[parent].columns}
    own = {c.name for c in table.columns}
    missing = [name for name in above if name not in own]
    if missing and not table.assumed:
        raise Refused("42804", f'child table is missing column "{missing[0]}"')
    return tuple(
        _joined(column, above[column.name], partition=partition) if column.name in above else column
        for column in table.columns
    ) + tuple(merge.from_parent(above[name], partition=partition) for name in missing)


def _joined(column: Column, above: Column, *, partition: bool) -> Column:
    merge.check_types(column, above)
    if above.not_null and not column.not_null:
        raise Refused("42804", f'column "{column.name}" in child table must be marked NOT NULL')
    if (above.generated is None) != (column.generated is None):
        raise Refused("42804", f'column "{column.name}" must be generated in both tables or in none')
    identity = above.identity if partition else column.identity
    return replace(column, inherited=True, local=column.local and not partition, identity=identity)


def _join_checks(state: State, parent: Name, child: Name) -> None:
    """The child must have the parent's CHECKs, which are then inherited (MergeConstraintsIntoExisting)."""
    found = {c.name: c for c in state.tables[child].constraints if c.kind == "CHECK"}
    for constraint in state.tables[parent].constraints:
        if constraint.kind != "CHECK" or constraint.no_inherit:
            continue
        own = found.get(constraint.name)
        if own is None:
            raise Refused("42804", f'child table is missing constraint "{constraint.name}"')
        if own.expression != constraint.expression:
            raise Refused("42804", f'child table "{child[1]}" has different definition for "{constraint.name}"')
        local = own.local and state.tables[child].partition_of is None
        constraints.put(state, child, replace(own, inherited=True, local=local))


def detach(state: State, parent: Name, child: Name) -> None:
    """DETACH PARTITION: columns, checks, keys and foreign keys stay as the table's own; cloned triggers go."""
    table = state.tables[child]
    if table.partition_of != parent:
        raise Refused("42P01", f'relation "{child[1]}" is not a partition of relation "{parent[1]}"')
    triggers.remove_clones(state, parent, child)
    table = state.tables[child]
    columns = tuple(replace(c, inherited=False, local=True, identity=None) for c in table.columns)
    indexes_after = tuple(replace(i, parent=None) if i.parent is not None else i for i in table.indexes)
    kept = tuple(replace(c, inherited=False, local=True) if c.inherited else c for c in table.constraints)
    changes: dict[str, Any] = {"columns": columns, "indexes": indexes_after, "constraints": kept}
    state.update("tables", child, partition_of=None, partition_bound=None, **changes)


# --- INHERIT and NO INHERIT -----------------------------------------------------------------------------------------


def inherit(state: State, parent: Name, child: Name) -> None:
    """ALTER TABLE INHERIT."""
    table, above = state.tables[child], state.tables[parent]
    if above.kind == "partitioned table":
        raise Refused("42809", f'cannot inherit from partitioned table "{parent[1]}"')
    if above.partition_of is not None:
        raise Refused("42809", f'cannot inherit from a partition "{parent[1]}"')
    if table.partition_of is not None or table.kind == "partitioned table":
        raise Refused("42809", f'cannot change inheritance of "{child[1]}"')
    if parent in table.inherits:
        raise Refused("42P07", f'relation "{parent[1]}" would be inherited from more than once')
    if parent == child or _is_below(state, parent, child):
        raise Refused("42P07", "circular inheritance not allowed")
    columns = joined_columns(state, parent, child, partition=False)
    state.update("tables", child, columns=columns, inherits=(*table.inherits, parent))
    _join_checks(state, parent, child)


def _is_below(state: State, key: Name, above: Name) -> bool:
    return any(child == key or _is_below(state, key, child) for child in state.lookup.children.get(above, ()))


def disinherit(state: State, parent: Name, child: Name) -> None:
    """ALTER TABLE NO INHERIT: what no other parent has becomes the table's own."""
    table = state.tables[child]
    if parent not in table.inherits:
        raise Refused("42P01", f'relation "{parent[1]}" is not a parent of relation "{child[1]}"')
    others = [state.tables[p] for p in table.inherits if p != parent]
    columns_above = {c.name for other in others for c in other.columns}
    checks_above = {c.name for other in others for c in other.constraints if c.kind == "CHECK" and not c.no_inherit}
    state.update(
        "tables",
        child,
        columns=tuple(_own(c, columns_above) for c in table.columns),
        constraints=tuple(_own(c, checks_above) for c in table.constraints),
        inherits=tuple(p for p in table.inherits if p != parent),
    )


def _own(part: Part, above: set[str]) -> Part:
    return part if not part.inherited or part.name in above else replace(part, inherited=False, local=True)
