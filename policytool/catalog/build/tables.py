"""CREATE TABLE in all its forms."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.build import (
    columns,
    constraints,
    existing,
    like,
    partitions,
    reloptions,
    sequences,
    table_as,
    targets,
)
from policytool.catalog.build.columns import NewColumn
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.merge import inherited_columns, with_own
from policytool.catalog.build.nodes import Node, split_name
from policytool.catalog.build.privileges import initial_grants
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.model import Column, Name, Table

TableKind = Literal["table", "partitioned table", "foreign table"]


class Elements(Struct, frozen=True):
    """What stands between the parentheses of CREATE TABLE."""

    columns: tuple[NewColumn, ...]
    constraints: tuple[Node, ...]
    likes: tuple[Node, ...]


def create(state: State, node: Node) -> None:
    """CREATE TABLE."""
    create_table(state, node, kind="partitioned table" if "partspec" in node else "table")


def create_table(state: State, node: Node, *, kind: TableKind, **fields: Any) -> None:
    """Make a table from a CreateStmt; `fields` are further ones of the table, as a foreign table has."""
    key, persistence = sequences.target(state, node["relation"])
    if not existing.may_create(state, key, node.get("if_not_exists", False)):
        return
    before = state.tables.get(key)
    if before is not None:
        state.remove("tables", key)
    if kind == "partitioned table" and persistence == "unlogged" and state.major_version >= 18:
        raise Refused("0A000", "partitioned tables cannot be unlogged")
    parents = _parents(state, node, key)
    elements = _elements(state, key, node)
    of_type = _of_type(state, node)
    table = Table(
        schema=key[0],
        name=key[1],
        owner=state.session.role,
        kind=kind,
        persistence=persistence,
        grants=initial_grants(state, "TABLES", key[0], state.session.role),
        **reloptions.clauses(node),
        partition_of=parents[0] if "partbound" in node else None,
        partition_bound=partitions.bound(state, parents[0], node["partbound"]) if "partbound" in node else None,
        inherits=() if "partbound" in node else parents,
        of_type=of_type,
        **fields,
    )
    base = inherited_columns(state, parents, partition="partbound" in node)
    if of_type is not None:
        base = {c.name: replace(c, comment=None) for c in state.composites[of_type].columns}
    _make(state, key, table, base, elements)
    _finish(state, key, node, elements)
    if before is not None:
        existing.keep(state, key, before)


def _parents(state: State, node: Node, key: Name) -> tuple[Name, ...]:
    partition = "partbound" in node
    found: list[Name] = []
    for entry in node.get("inhRelations", []):
        kind, parent = targets.required(state, entry["RangeVar"])
        if kind != "tables":
            raise Refused("42809", f'inherited relation "{parent[1]}" is not a table')
        table = state.tables[parent]
        if partition:
            partitions.require_partitioned(table)
        elif table.kind == "partitioned table":
            raise Refused("42809", f'cannot inherit from partitioned table "{parent[1]}"')
        elif table.partition_of is not None:
            raise Refused("42809", f'cannot inherit from partition "{parent[1]}"')
        if parent[0] == "pg_temp" and key[0] != "pg_temp":
            raise Refused("42809", f'cannot inherit from temporary relation "{parent[1]}"')
        if parent in found:
            raise Refused("42P07", f'relation "{parent[1]}" would be inherited from more than once')
        found.append(parent)
    return tuple(found)


def _of_type(state: State, node: Node) -> Name | None:
    if "ofTypename" not in node:
        return None
    schema, name = split_name(node["ofTypename"]["names"])
    found = state.find_type(schema, name)
    if found is None:
        raise Refused("42704", f'type "{name}" does not exist')
    if found[0] != "composites":
        raise Refused("42809", f"type {name} is not a composite type")
    return found[1]


def _elements(state: State, key: Name, node: Node) -> Elements:
    new: list[NewColumn] = []
    found: list[Node] = []
    likes: list[Node] = []
    for element in node.get("tableElts", []):
        match element:
            case {"ColumnDef": inner}:
                column = columns.read(state, key, inner)
                found.extend(column.constraints)
                new.append(column)
            case {"Constraint": inner}:
                found.append(inner)
            case {"TableLikeClause": inner}:
                new.extend(like.columns(state, inner, key))
                likes.append(inner)
            case _:
                raise NotModelled(f"{next(iter(element), 'nothing')} in CREATE TABLE is not modelled")
    return Elements(tuple(new), tuple(distinct(columns.attributed(found))), tuple(likes))


def distinct(found: list[Node]) -> list[Node]:
    """The constraints in the order they are made, without keys that another one covers (transformIndexConstraints)."""
    kept: list[Node] = []
    for node in sorted(found, key=constraints.order):
        like_it = next((i for i, other in enumerate(kept) if _same_key(node, other)), None)
        if like_it is None:
            kept.append(node)
        elif "conname" in node:
            kept[like_it] = {"conname": node["conname"]} | kept[like_it]
    return kept


def _same_key(node: Node, other: Node) -> bool:
    kinds = ("CONSTR_PRIMARY", "CONSTR_UNIQUE")
    if node["contype"] not in kinds or other["contype"] not in kinds or "indexname" in node or "indexname" in other:
        return False
    if node["contype"] == other["contype"] == "CONSTR_PRIMARY":
        return False
    flags = ("keys", "including", "nulls_not_distinct", "deferrable", "initdeferred", "without_overlaps")
    return all(node.get(flag) == other.get(flag) for flag in flags)


def _make(state: State, key: Name, table: Table, base: dict[str, Column], elements: Elements) -> None:
    """Put the table with its columns, their sequences and expressions into the catalog."""
    merged, own = dict(base), set[str]()
    for new in elements.columns:
        name = new.column.name
        if name in own:
            raise Refused("42701", f'column "{name}" specified more than once')
        own.add(name)
        column = with_own(merged, new)
        if new.sequence is not None:
            sequence = new.sequence if new.column.type else replace(new.sequence, type=column.type)
            sequences.add_for_column(state, sequence, key, name, table.owner, table.persistence)
            if not sequence.identity:
                column = replace(column, default=columns.nextval(state, sequence.key))
        elif new.default is not None:
            column = replace(column, default=columns.default(state, new.default, column.type))
        merged[name] = column
    state.create("tables", key, replace(table, columns=tuple(merged.values())))
    _generate(state, key, {new.column.name: new.generated for new in elements.columns if new.generated is not None})


def _generate(state: State, key: Name, expressions: dict[str, Node]) -> None:
    if not expressions:
        return
    found = state.tables[key].columns
    state.update(
        "tables",
        key,
        columns=tuple(
            replace(c, generated=columns.generated(state, key, expressions[c.name], c.type, expressions))
            if c.name in expressions
            else c
            for c in found
        ),
    )


def _finish(state: State, key: Name, node: Node, elements: Elements) -> None:
    """Give a new table its constraints, and what its parent or LIKE brings, in Postgres's order."""
    table = state.tables[key]
    if "partspec" in node:
        state.update("tables", key, partition_key=partitions.partition_key(state, key, node["partspec"]))
        partitions.check_key(state, key)
    for parent in table.inherits if table.partition_of is None else (table.partition_of,):
        for constraint in state.tables[parent].constraints:
            if constraint.kind == "CHECK" and not constraint.no_inherit:
                # A new table has no row that would break it.
                constraints.inherit_check(state, key, replace(constraint, validated=constraint.enforced))
    later = []
    for entry in elements.constraints:
        if constraints.order(entry) == 0:
            constraints.add(state, key, entry, fresh=True)
        else:
            later.append(entry)
    if table.partition_of is not None:
        partitions.inherit_parts(state, table.partition_of, key)
    for entry in elements.likes:
        like.expand(state, entry, key)
    for entry in later:
        if table.kind == "foreign table":
            raise Refused("0A000", "keys and foreign keys are not supported on foreign tables")
        constraints.add(state, key, entry, fresh=True)


HANDLERS: dict[str, Handler] = {
    "CreateStmt": create,
    "CreateTableAsStmt": table_as.create,
}
