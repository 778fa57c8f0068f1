"""CREATE TABLE … LIKE: what is copied of another table, and what never is (RLS, policies, triggers, grants)."""

from __future__ import annotations

from msgspec.structs import replace

from policytool.catalog.build import constraints, indexes, invent, targets
from policytool.catalog.build.columns import NewColumn
from policytool.catalog.build.nodes import Node
from policytool.catalog.build.sequences import NewSequence, of_column
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.model import Column, Name, Sequence, Table

COMMENTS, COMPRESSION, CONSTRAINTS, DEFAULTS, GENERATED, IDENTITY, INDEXES, STATISTICS, STORAGE = (
    1 << n for n in range(9)
)


def source(state: State, node: Node) -> tuple[str, Name]:
    """The store and name of the relation that a TableLikeClause names."""
    kind, key = targets.required(state, node["relation"])
    if kind not in ("tables", "views", "composites"):
        raise Refused("42809", f'relation "{key[1]}" is invalid in LIKE clause')
    return kind, key


def columns(state: State, node: Node, table: Name) -> list[NewColumn]:
    """The columns that LIKE brings: names, types and NOT NULL always, the rest as asked."""
    kind, key = source(state, node)
    options = node.get("options", 0) & 0xFFFFFFFF
    found: tuple[Column, ...] = state.store(kind)[key].columns  # type: ignore[arg-type]
    return [_column(state, column, key, options, table) for column in found]


def _column(state: State, column: Column, key: Name, options: int, table: Name) -> NewColumn:
    identity = column.identity if options & IDENTITY else None
    copy = Column(
        name=column.name,
        type=column.type,
        collation=column.collation,
        not_null=column.not_null,
        default=column.default if options & DEFAULTS else None,
        identity=identity,
        generated=column.generated if options & GENERATED else None,
        generated_stored=column.generated_stored if options & GENERATED else True,
        storage=column.storage if options & STORAGE else None,
        compression=column.compression if options & COMPRESSION else None,
        comment=column.comment if options & COMMENTS else None,
        made=state.at,
        changed=state.at,
    )
    if identity is None:
        return NewColumn(column=copy)
    name = invent.relation_name(state, table[0], table[1], column.name, "seq")
    options_of = [_options(state.sequences[s]) for s in of_column(state, key, column.name, identity=True)]
    sequence = NewSequence(
        key=(table[0], name), type="bigint", identity=True, options=options_of[0] if options_of else ()
    )
    return NewColumn(column=copy, sequence=sequence)


def _options(sequence: Sequence) -> tuple[Node, ...]:
    values = {
        "increment": sequence.increment, "minvalue": sequence.minimum, "maxvalue": sequence.maximum,
        "start": sequence.start, "cache": sequence.cache,
    }  # fmt: skip
    numbers = tuple({"defname": name, "arg": {"Float": {"fval": str(value)}}} for name, value in values.items())
    return (*numbers, {"defname": "cycle", "arg": {"Boolean": {"boolval": sequence.cycle}}})


def expand(state: State, node: Node, table: Name) -> None:
    """Copy the CHECKs and indexes that LIKE asks for to the finished table (expandTableLikeClause)."""
    kind, key = source(state, node)
    if kind != "tables":
        return
    options = node.get("options", 0) & 0xFFFFFFFF
    like: Table = state.tables[key]
    if options & CONSTRAINTS:
        _copy_checks(state, like, table, options)
    if options & INDEXES:
        _copy_indexes(state, like, table, options)
    if options & STATISTICS and any(
        k[0] == "statistics" and _is_of(o.definition, key) for k, o in state.others.items()
    ):
        raise NotModelled("LIKE INCLUDING STATISTICS does not copy extended statistics in the model", security=False)


def _copy_checks(state: State, like: Table, table: Name, options: int) -> None:
    for constraint in like.constraints:
        if constraint.kind == "CHECK":
            comment = constraint.comment if options & COMMENTS else None
            copy = replace(constraint, inherited=False, local=True, comment=comment, made=state.at, changed=state.at)
            constraints.append(state, table, replace(copy, validated=constraint.enforced))


def _copy_indexes(state: State, like: Table, table: Name, options: int) -> None:
    for index in like.indexes:
        constraint = indexes.serving(like, index)
        if constraint is not None and constraint.kind == "PRIMARY KEY":
            constraints.require_no_primary_key(state.tables[table])
        copy = indexes.cloned(state, table, index, constraint)
        if options & COMMENTS and index.comment is not None:
            indexes.put(state, table, replace(copy, comment=index.comment))


def _is_of(definition: str, key: Name) -> bool:
    return key[1] in definition
