"""Foreign keys: what they refer to, and their likes on partitions."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from policytool.catalog.build import assume, constraints, invent, targets
from policytool.catalog.build.nodes import Node, strings
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Constraint, Name, Reference, Table

_ACTION: Final = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_MATCH: Final = {"s": "SIMPLE", "f": "FULL", "p": "PARTIAL"}
# Types of which no two have an equality operator in common.
_FAMILY: Final = {
    "uuid": "uuid", "text": "text", "character varying": "text", "smallint": "integer", "integer": "integer",
    "bigint": "integer", "boolean": "boolean", "date": "date",
}  # fmt: skip


def add(state: State, key: Name, node: Node, *, fresh: bool = False, only: bool = False) -> None:
    """Add a foreign key to a table and, if it is partitioned, to its partitions."""
    kind, far = targets.required(state, node["pktable"])
    if kind != "tables":
        raise Refused("42809", f'referenced relation "{far[1]}" is not a table')
    _check_persistence(state, key, far)
    columns = tuple(strings(node.get("fk_attrs", [])))
    assume.columns(state, key, columns)
    reference = _reference(state, far, node, columns)
    _check_types(state, key, far, columns, reference.columns)
    table = state.tables[key]
    if only and table.kind == "partitioned table":
        raise Refused("42809", f'cannot use ONLY for foreign key on partitioned table "{key[1]}"')
    name = node.get("conname") or invent.constraint_name(state, key[0], key[1], invent.joined(columns), "fkey")
    enforced = node.get("is_enforced", False)
    place = state.place(node.get("location", 0))
    constraint = Constraint(
        name=name,
        kind="FOREIGN KEY",
        columns=columns,
        reference=reference,
        deferrable=node.get("deferrable", False),
        deferred=node.get("initdeferred", False),
        enforced=enforced,
        validated=enforced and (fresh or not node.get("skip_validation", False)),
        period=node.get("fk_with_period", False),
        made=place,
        changed=place,
    )
    constraints.append(state, key, constraint)
    for child in list(state.lookup.children.get(key, ())) if table.kind == "partitioned table" else ():
        inherit(state, child, constraint)


def _check_persistence(state: State, key: Name, far: Name) -> None:
    if (far[0] == "pg_temp") != (key[0] == "pg_temp"):
        raise Refused("42P16", "constraints on temporary tables may reference only temporary tables, and only they")
    if state.tables[far].persistence == "unlogged" and state.tables[key].persistence == "permanent":
        raise Refused("42P16", "constraints on permanent tables may reference only permanent tables")


def _reference(state: State, far: Name, node: Node, columns: tuple[str, ...]) -> Reference:
    table = state.tables[far]
    named = tuple(strings(node.get("pk_attrs", [])))
    if named:
        assume.columns(state, far, named)
        table = state.tables[far]
        if not table.assumed:
            _require_unique(table, named)
    else:
        named = _primary_key(table)
    if named and len(named) != len(columns):
        raise Refused("42830", "number of referencing and referenced columns for foreign key disagree")
    match = _MATCH[node.get("fk_matchtype", "s")]
    if match == "PARTIAL":
        raise Refused("0A000", "MATCH PARTIAL not yet implemented")
    only = tuple(strings(node.get("fk_del_set_cols", [])))
    if any(column not in columns for column in only):
        raise Refused("42P10", "column referenced in ON DELETE SET action must be part of foreign key")
    return Reference(
        schema=far[0],
        table=far[1],
        columns=named,
        on_delete=_ACTION[node.get("fk_del_action", "a")],
        on_update=_ACTION[node.get("fk_upd_action", "a")],
        delete_columns=only,
        match=match,
    )


def _primary_key(table: Table) -> tuple[str, ...]:
    for constraint in table.constraints:
        if constraint.kind == "PRIMARY KEY":
            return constraint.columns
    if table.assumed:
        return ()
    raise Refused("42704", f'there is no primary key for referenced table "{table.name}"')


def _require_unique(table: Table, columns: tuple[str, ...]) -> None:
    """transformFkeyCheckAttrs: a unique index without predicate and expressions on just these columns."""
    if len(set(columns)) < len(columns):
        raise Refused("42830", "foreign key referenced-columns list must not contain duplicates")
    late = {c.name for c in table.constraints if c.deferrable}
    for index in table.indexes:
        plain = index.predicate is None and index.valid and all(k.column is not None for k in index.keys)
        usable = index.unique or (index.method == "gist" and index.constraint is not None)
        if usable and plain and {k.column for k in index.keys} == set(columns):
            if index.constraint in late:
                raise Refused("55000", f'cannot use a deferrable unique constraint for referenced table "{table.name}"')
            return
    raise Refused("42830", f'there is no unique constraint matching given keys for referenced table "{table.name}"')


def _check_types(
    state: State, key: Name, far: Name, near_columns: tuple[str, ...], far_columns: tuple[str, ...]
) -> None:
    near_types = {c.name: c.type for c in state.tables[key].columns}
    far_types = {c.name: c.type for c in state.tables[far].columns}
    for one, other in zip(near_columns, far_columns, strict=False):
        near, there = (_FAMILY.get(t.partition("(")[0]) for t in (near_types.get(one, ""), far_types.get(other, "")))
        if near and there and near != there:
            types = f"{near_types[one]} and {far_types[other]}"
            raise Refused("42804", f'key columns "{one}" and "{other}" are of incompatible types: {types}')


def inherit(state: State, child: Name, constraint: Constraint) -> None:
    """Give a partition a foreign key of its parent: one like it that it has already, or a new one."""
    table = state.tables[child]
    own = next((c for c in table.constraints if _alike(c, constraint)), None)
    if own is not None:
        constraints.put(state, child, replace(own, inherited=True, local=False, changed=state.at))
    else:
        name = constraint.name
        if any(c.name == name for c in table.constraints):
            name = invent.constraint_name(state, child[0], child[1], invent.joined(constraint.columns), "fkey")
        constraints.append(state, child, replace(constraint, name=name, inherited=True, local=False, comment=None))
    if table.kind == "partitioned table":
        for below in list(state.lookup.children.get(child, ())):
            inherit(state, below, constraint)


def _alike(own: Constraint, other: Constraint) -> bool:
    """Whether a foreign key of a partition can be taken for one of its parent (tryAttachPartitionForeignKey)."""
    return (
        own.kind == "FOREIGN KEY"
        and not own.inherited
        and own.columns == other.columns
        and own.reference == other.reference
        and (own.deferrable, own.deferred, own.enforced) == (other.deferrable, other.deferred, other.enforced)
        and own.validated
    )
