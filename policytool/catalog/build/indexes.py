"""Indexes: CREATE INDEX, their keys and names, and their likes on partitions."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.build import index_keys, invent, partition_keys, reloptions, targets
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.new_types import made_at
from policytool.catalog.build.nodes import Node
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.parsing import parsed
from policytool.catalog.model import Constraint, Index, IndexKey, Name, Table, View

Relation = Table | View

# What the access methods of Postgres itself can do beyond a plain index on one column.
_ABILITIES: Final = {
    "btree": frozenset(
        {"unique indexes", "included columns", "multicolumn indexes", "ASC/DESC options", "NULLS FIRST/LAST options"}
    ),
    "hash": frozenset[str](),
    "gin": frozenset({"multicolumn indexes"}),
    "gist": frozenset({"multicolumn indexes", "included columns"}),
    "spgist": frozenset({"included columns"}),
    "brin": frozenset({"multicolumn indexes"}),
}


def create(state: State, node: Node) -> None:
    """CREATE INDEX."""
    kind, key = targets.required(state, node["relation"])
    name = node.get("idxname")
    item = _indexable(state, kind, key)
    method = node.get("accessMethod", "btree")
    method = "gist" if method == "rtree" else method
    elements = [e["IndexElem"] for e in node.get("indexParams", [])]
    including = [e["IndexElem"] for e in node.get("indexIncludingParams", [])]
    columns = invent.index_columns([*elements, *including])
    index = Index(
        name=name or invent.index_name(state, key[0], key[1], columns),
        method=method,
        keys=tuple(index_keys.index_key(state, kind, key, element, method) for element in elements),
        include=index_keys.include(state, kind, key, [e["name"] for e in including]),
        unique=node.get("unique", False),
        nulls_not_distinct=node.get("nulls_not_distinct", False),
        predicate=index_keys.predicate(state, kind, key, node.get("whereClause")),
        options=reloptions.spelled(node.get("options", [])),
        made=state.at,
        changed=state.at,
    )
    if state.relation_kind((key[0], index.name)) is not None:
        if node.get("if_not_exists"):
            return
        standing = made_at(state, (key[0], index.name))
        raise Refused("42P07", f'relation "{index.name}" already exists', made=standing)
    _check_method(index, elements)
    partitioned = isinstance(item, Table) and item.kind == "partitioned table"
    if partitioned:
        _check_partitioned(state, key, index, node.get("concurrent", False))
    only = "inh" not in node["relation"]
    if partitioned and only and state.lookup.children.get(key):
        index = replace(index, valid=False)
    append(state, kind, key, index)
    if partitioned and not only:
        spread(state, key, index)


def _indexable(state: State, kind: str, key: Name) -> Relation:
    if kind not in ("tables", "views"):
        raise Refused("42809", f'cannot create index on relation "{key[1]}"')
    item: Relation = state.store(kind)[key]  # type: ignore[arg-type]
    if isinstance(item, View) and not item.materialized:
        raise Refused("42809", f'cannot create index on relation "{key[1]}"')
    if isinstance(item, Table) and item.kind == "foreign table":
        raise Refused("42809", f'cannot create index on relation "{key[1]}"')
    return item


def _check_method(index: Index, elements: list[Node]) -> None:
    """Refuse what the access method cannot do; that of an extension is trusted."""
    can = _ABILITIES.get(index.method)
    if can is None:
        return
    wanted = {
        "unique indexes": index.unique,
        "included columns": bool(index.include),
        "multicolumn indexes": len(index.keys) > 1,
        "ASC/DESC options": any(e.get("ordering") not in (None, "SORTBY_DEFAULT") for e in elements),
        "NULLS FIRST/LAST options": any(
            e.get("nulls_ordering") not in (None, "SORTBY_NULLS_DEFAULT") for e in elements
        ),
    }
    for ability, asked in wanted.items():
        if asked and ability not in can:
            raise Refused("0A000", f'access method "{index.method}" does not support {ability}')


def _check_partitioned(state: State, key: Name, index: Index, concurrent: bool) -> None:
    if concurrent:
        raise Refused("0A000", f'cannot create index on partitioned table "{key[1]}" concurrently')
    if index.unique:
        require_partition_key(state, key, [k.column for k in index.keys], "unique")


def require_partition_key(state: State, key: Name, columns: list[str | None], kind: str) -> None:
    """A unique index of a partitioned table must hold the whole partition key."""
    for column in partition_keys.columns(state.tables[key].partition_key or ""):
        if column is None:
            raise Refused("0A000", f"{kind} constraint cannot be used when partition keys include expressions")
        if column not in columns:
            raise Refused("0A000", f"{kind} constraint on partitioned table must include all partitioning columns")


def column_names(index: Index) -> list[str]:
    """What the columns of an index are called, as they were when it was made."""
    names: list[str] = []
    for key in index.keys:
        node = parsed(key.expression) if key.expression is not None else None
        name = key.column or (invent.index_column(node) if node is not None else None) or "expr"
        names.append(invent.distinct(name, names))
    for column in index.include:
        names.append(invent.distinct(column, names))
    return names


# --- on partitions --------------------------------------------------------------------------------------------------


def append(state: State, kind: str, key: Name, index: Index) -> None:
    """Add an index to a table or materialised view."""
    item: Any = state.store(kind)[key]  # type: ignore[arg-type]
    state.update(kind, key, indexes=(*item.indexes, index))  # type: ignore[arg-type]


def put(state: State, key: Name, index: Index) -> None:
    """Put a changed index in the place of the one of its name."""
    indexes = tuple(index if other.name == index.name else other for other in state.tables[key].indexes)
    state.update("tables", key, indexes=indexes)


def spread(state: State, parent: Name, index: Index) -> None:
    """Give every partition the like of an index of the partitioned table."""
    for child in list(state.lookup.children.get(parent, ())):
        link(state, child, parent, index)


def link(state: State, child: Name, parent: Name, index: Index) -> None:
    """Give a partition the like of an index of its parent: one that it has already, or a new one."""
    table = state.tables[child]
    if table.kind == "foreign table":
        if index.unique:
            raise Refused("42809", f'cannot create unique index on partitioned table "{parent[1]}"')
        return
    constraint = serving(state.tables[parent], index)
    own = next((i for i in table.indexes if i.parent is None and _matches(table, i, index, constraint)), None)
    above = (parent[0], index.name)
    own = cloned(state, child, index, constraint, parent=above) if own is None else attach(state, child, own, above)
    if state.tables[child].kind == "partitioned table":
        spread(state, child, own)


def _matches(table: Table, own: Index, index: Index, constraint: Constraint | None) -> bool:
    if not same(own, index):
        return False
    served = serving(table, own)
    return constraint is None or (served is not None and served.kind == constraint.kind)


def same(one: Index, other: Index) -> bool:
    """Whether two indexes are alike but for their names (CompareIndexInfo)."""
    return (
        one.method == other.method
        and plain(one.keys) == plain(other.keys)
        and one.include == other.include
        and one.unique == other.unique
        and one.nulls_not_distinct == other.nulls_not_distinct
        and one.predicate == other.predicate
    )


def plain(keys: tuple[IndexKey, ...]) -> tuple[IndexKey, ...]:
    """The keys without the statistics targets of one index."""
    return tuple(replace(key, statistics=None) if key.statistics is not None else key for key in keys)


def serving(table: Table, index: Index) -> Constraint | None:
    """The constraint that an index serves."""
    if index.constraint is None:
        return None
    return next((c for c in table.constraints if c.name == index.constraint), None)


def attach(state: State, child: Name, own: Index, above: Name) -> Index:
    """Make an index of a partition part of one of its parent; a constraint it serves is then inherited."""
    own = replace(own, parent=above, changed=state.at)
    put(state, child, own)
    if own.constraint is not None:
        constraints = tuple(
            replace(c, inherited=True, local=False) if c.name == own.constraint else c
            for c in state.tables[child].constraints
        )
        state.update("tables", child, constraints=constraints)
    return own


def cloned(
    state: State, table: Name, index: Index, constraint: Constraint | None, *, parent: Name | None = None
) -> Index:
    """Make the like of an index, and of the constraint that it serves, on another table under invented names."""
    kind = constraint.kind if constraint is not None else None
    columns = column_names(index)
    name = invent.index_name(state, table[0], table[1], columns, kind, constraint=constraint is not None)
    copy = replace(
        index,
        name=name,
        keys=plain(index.keys),
        constraint=name if constraint is not None else None,
        parent=parent,
        valid=True,
        clustered=False,
        comment=None,
        made=state.at,
        changed=state.at,
    )
    append(state, "tables", table, copy)
    if constraint is not None:
        inherited = parent is not None
        like = replace(constraint, name=name, inherited=inherited, local=not inherited, comment=None, made=state.at)
        state.update("tables", table, constraints=(*state.tables[table].constraints, like))
    return copy


HANDLERS: dict[str, Handler] = {"IndexStmt": create}
