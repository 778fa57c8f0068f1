"""Table constraints: CHECK, keys, exclusion and foreign keys, with their indexes and their likes on child tables."""

from __future__ import annotations

from typing import Final, Literal

from msgspec.structs import replace

from policytool.catalog.build import assume, foreign_keys, index_keys, indexes, invent, mentions, reloptions
from policytool.catalog.build.forbidden import no_subquery
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, items, strings
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.expression.references import references
from policytool.catalog.model import Constraint, Index, IndexKey, Name, Table

_KEYS: Final[dict[str, Literal["PRIMARY KEY", "UNIQUE", "EXCLUDE"]]] = {
    "CONSTR_PRIMARY": "PRIMARY KEY",
    "CONSTR_UNIQUE": "UNIQUE",
    "CONSTR_EXCLUSION": "EXCLUDE",
}
# The order in which the constraints of one statement are made, whatever the order they are written in.
_ORDER: Final = {"CONSTR_CHECK": 0, "CONSTR_NOTNULL": 0, "CONSTR_PRIMARY": 1, "CONSTR_UNIQUE": 2, "CONSTR_EXCLUSION": 2}
LAST: Final = 3


def order(node: Node) -> int:
    """CHECK first, then the primary key, other keys, and foreign keys last."""
    return _ORDER.get(node["contype"], LAST)


def add(state: State, key: Name, node: Node, *, fresh: bool = False, only: bool = False) -> None:
    """Add a constraint to a table; `fresh` when the table or column is made by the same statement, `only` for ONLY."""
    match node["contype"]:
        case "CONSTR_CHECK":
            add_check(state, key, node, fresh=fresh, only=only)
        case "CONSTR_NOTNULL":
            columns = strings(node.get("keys", []))
            assume.columns(state, key, columns)
            set_not_null(state, key, columns)
        case "CONSTR_FOREIGN":
            foreign_keys.add(state, key, node, fresh=fresh, only=only)
        case kind if kind in _KEYS:
            add_key(state, key, node, only=only)
        case other:
            raise NotModelled(f"{other} is not modelled")


def append(state: State, key: Name, constraint: Constraint) -> None:
    """Put a constraint on a table; refused where it has one of that name."""
    table = state.tables[key]
    if any(other.name == constraint.name for other in table.constraints):
        raise Refused("42710", f'constraint "{constraint.name}" for relation "{key[1]}" already exists')
    state.update("tables", key, constraints=(*table.constraints, constraint))


def put(state: State, key: Name, constraint: Constraint) -> None:
    """Put a changed constraint in the place of the one of its name."""
    found = state.tables[key].constraints
    state.update("tables", key, constraints=tuple(constraint if c.name == constraint.name else c for c in found))


def find(table: Table, name: str) -> Constraint | None:
    """The constraint of a name."""
    return next((c for c in table.constraints if c.name == name), None)


# --- CHECK ----------------------------------------------------------------------------------------------------------


def add_check(state: State, key: Name, node: Node, *, fresh: bool, only: bool) -> None:
    """Add a CHECK to a table and, unless NO INHERIT, to what inherits from it."""
    no_subquery(node["raw_expr"], "check constraint")
    expression = canonical(node["raw_expr"], names_of(state), table=key, expected="boolean")
    mentions.own_columns(state, key, expression)
    used = references(expression).own_columns
    columns = tuple(c.name for c in state.tables[key].columns if c.name in used)
    name = node.get("conname") or invent.constraint_name(
        state, key[0], key[1], columns[0] if len(columns) == 1 else None, "check"
    )
    enforced = node.get("is_enforced", False)
    place = state.place(node.get("location", 0))
    constraint = Constraint(
        name=name,
        kind="CHECK",
        columns=columns,
        expression=expression,
        no_inherit=node.get("is_no_inherit", False),
        enforced=enforced,
        validated=enforced and (fresh or not node.get("skip_validation", False)),
        made=place,
        changed=place,
    )
    _append_check(state, key, constraint, fresh=fresh)
    if constraint.no_inherit:
        return
    children = list(state.lookup.children.get(key, ()))
    if only and children:
        raise Refused("42P16", "constraint must be added to child tables too")
    for child in children:
        inherit_check(state, child, constraint)


def _append_check(state: State, key: Name, constraint: Constraint, *, fresh: bool) -> None:
    """A check like an inherited one becomes the table's own as well (MergeWithExistingConstraint)."""
    table = state.tables[key]
    known = find(table, constraint.name)
    if known is None or not known.inherited or known.expression != constraint.expression or (known.local and not fresh):
        append(state, key, constraint)
    else:
        put(state, key, replace(known, local=table.partition_of is None, changed=constraint.changed))


def inherit_check(state: State, child: Name, constraint: Constraint) -> None:
    """Pass a CHECK on to a child table and to what inherits from that."""
    known = find(state.tables[child], constraint.name)
    if known is None:
        append(state, child, replace(constraint, inherited=True, local=False, comment=None))
    elif known.kind != "CHECK" or known.expression != constraint.expression:
        raise Refused("42710", f'constraint "{constraint.name}" for relation "{child[1]}" already exists')
    else:
        put(state, child, replace(known, inherited=True, changed=state.at))
    for below in list(state.lookup.children.get(child, ())):
        inherit_check(state, below, constraint)


# --- NOT NULL -------------------------------------------------------------------------------------------------------


def set_not_null(state: State, key: Name, names: list[str], *, only: bool = False) -> None:
    """Mark columns NOT NULL, here and in what inherits from here."""
    table = state.tables[key]
    if any(c.name in names and not c.not_null for c in table.columns):
        columns = tuple(
            replace(c, not_null=True, changed=state.at or c.changed) if c.name in names and not c.not_null else c
            for c in table.columns
        )
        state.update("tables", key, columns=columns)
    if not only:
        for child in list(state.lookup.children.get(key, ())):
            set_not_null(state, child, names)


# --- keys and exclusion ---------------------------------------------------------------------------------------------


def add_key(state: State, key: Name, node: Node, *, only: bool = False) -> None:
    """Add a primary key, unique or exclusion constraint with its index."""
    kind = _KEYS[node["contype"]]
    if kind == "PRIMARY KEY":
        require_no_primary_key(state.tables[key])
    if "indexname" in node:
        _adopt(state, key, node, kind)
        return
    keys, operators = _keys(state, key, node, kind)
    columns = [k.column for k in keys if k.column is not None]
    including = strings(node.get("including", []))
    assume.columns(state, key, including)
    if state.tables[key].kind == "partitioned table":
        indexes.require_partition_key(state, key, [k.column for k in keys], kind.lower())
    if kind == "PRIMARY KEY":
        set_not_null(state, key, columns)
    name = node.get("conname") or _invented(state, key, node, keys, including, kind)
    if state.relation_kind((key[0], name)) is not None:
        raise Refused("42P07", f'relation "{name}" already exists')
    constraint = _constraint(state, node, kind, name, tuple(columns), operators)
    append(state, key, constraint)
    index = _index(state, key, node, kind, name, keys)
    indexes.append(state, "tables", key, index)
    if state.tables[key].kind == "partitioned table" and not only:
        indexes.spread(state, key, index)


def require_no_primary_key(table: Table) -> None:
    """A table has one primary key at most."""
    if any(c.kind == "PRIMARY KEY" for c in table.constraints):
        raise Refused("42P16", f'multiple primary keys for table "{table.name}" are not allowed')


def _keys(state: State, key: Name, node: Node, kind: str) -> tuple[tuple[IndexKey, ...], tuple[str, ...]]:
    if kind != "EXCLUDE":
        names = strings(node.get("keys", []))
        assume.columns(state, key, names)
        if len(set(names)) < len(names):
            raise Refused("42701", "a column appears twice in a key constraint")
        return tuple(IndexKey(column=name) for name in names), ()
    method = node.get("access_method", "gist")
    pairs = [items(pair) for pair in node["exclusions"]]
    keys = tuple(index_keys.index_key(state, "tables", key, pair[0]["IndexElem"], method) for pair in pairs)
    return keys, tuple(".".join(strings(items(pair[1]))) for pair in pairs)


def _invented(state: State, key: Name, node: Node, keys: tuple[IndexKey, ...], including: list[str], kind: str) -> str:
    if kind == "EXCLUDE":
        elements = [items(pair)[0]["IndexElem"] for pair in node["exclusions"]]
        columns = invent.index_columns(elements)
    else:
        columns = [k.column or "expr" for k in keys]
    return invent.index_name(state, key[0], key[1], [*columns, *including], kind, constraint=True)


def _constraint(
    state: State,
    node: Node,
    kind: Literal["PRIMARY KEY", "UNIQUE", "EXCLUDE"],
    name: str,
    columns: tuple[str, ...],
    operators: tuple[str, ...],
) -> Constraint:
    place = state.place(node.get("location", 0))
    return Constraint(
        name=name,
        kind=kind,
        columns=columns,
        operators=operators,
        deferrable=node.get("deferrable", False),
        deferred=node.get("initdeferred", False),
        period=node.get("without_overlaps", False),
        made=place,
        changed=place,
    )


def _index(state: State, key: Name, node: Node, kind: str, name: str, keys: tuple[IndexKey, ...]) -> Index:
    place = state.place(node.get("location", 0))
    method = (
        "gist" if node.get("without_overlaps") else node.get("access_method", "gist" if kind == "EXCLUDE" else "btree")
    )
    return Index(
        name=name,
        method=method,
        keys=keys,
        include=tuple(strings(node.get("including", []))),
        unique=kind != "EXCLUDE",
        nulls_not_distinct=node.get("nulls_not_distinct", False),
        predicate=index_keys.predicate(state, "tables", key, node.get("where_clause")),
        constraint=name,
        options=reloptions.spelled(node.get("options", [])),
        made=place,
        changed=place,
    )


def _adopt(state: State, key: Name, node: Node, kind: Literal["PRIMARY KEY", "UNIQUE", "EXCLUDE"]) -> None:
    """ADD PRIMARY KEY or UNIQUE USING INDEX: the index takes the name of the constraint."""
    table, name = state.tables[key], node["indexname"]
    index = next((i for i in table.indexes if i.name == name), None)
    if index is None:
        raise Refused("42704", f'index "{name}" does not exist')
    if index.constraint is not None:
        raise Refused("55000", f'index "{name}" is already associated with a constraint')
    if not index.unique or index.predicate is not None or any(k.column is None for k in index.keys):
        raise Refused("42809", f'index "{name}" cannot be used to create a primary key or unique constraint')
    columns = tuple(k.column for k in index.keys if k.column is not None)
    if kind == "PRIMARY KEY":
        set_not_null(state, key, list(columns))
    new = node.get("conname") or name
    if new != name and state.relation_kind((key[0], new)) is not None:
        raise Refused("42P07", f'relation "{new}" already exists')
    append(state, key, _constraint(state, node, kind, new, columns, ()))
    table = state.tables[key]
    adopted = replace(index, name=new, constraint=new, changed=state.at)
    state.update("tables", key, indexes=tuple(adopted if i is index else i for i in table.indexes))
