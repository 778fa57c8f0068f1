"""New names of parts of relations: columns, constraints, indexes, policies, triggers, rules."""

from __future__ import annotations

import copy
from typing import Any

from msgspec.structs import replace

from policytool.catalog.build import assume, restated
from policytool.catalog.build.definitions import mentions, with_column
from policytool.catalog.build.dispatch import Node
from policytool.catalog.build.moves import put, rewrite
from policytool.catalog.build.state import Kind, NotModelled, Refused, State
from policytool.catalog.build.targets import relation, type_of
from policytool.catalog.expression.deparse import deparse
from policytool.catalog.expression.parsing import parsed
from policytool.catalog.expression.references import references
from policytool.catalog.expression.rename import rename_column
from policytool.catalog.model import Column, Name, Table
from policytool.catalog.objects import Other, Publication

_FIELDS = {"OBJECT_POLICY": "policies", "OBJECT_TRIGGER": "triggers", "OBJECT_RULE": "rules"}


def _named(parts: tuple[Any, ...], name: str) -> Any:
    return next((part for part in parts if part.name == name), None)


def _with_name(parts: tuple[Any, ...], old: str, new: str) -> tuple[Any, ...]:
    return tuple(replace(part, name=new) if part.name == old else part for part in parts)


# --- policies, triggers, rules, constraints, indexes ----------------------------------------------------------------


def piece(state: State, object_type: str, node: Node, new: str) -> None:
    """Rename a policy, trigger or rule."""
    found = relation(state, node["relation"], missing_ok=node.get("missing_ok", False))
    if found is None:
        return
    kind, key = found
    store: Any = kind
    item: Any = state.store(store)[key] if kind in ("tables", "views") else None
    field, noun = _FIELDS[object_type], object_type[7:].lower()
    parts = getattr(item, field, ())
    old = node["subname"]
    if _named(parts, old) is None:
        if getattr(item, "assumed", False):
            return
        raise Refused("42704", f'{noun} "{old}" for table "{key[1]}" does not exist')
    if _named(parts, new) is not None:
        raise Refused("42710", f'{noun} "{new}" for relation "{key[1]}" already exists')
    state.update(store, key, **{field: _with_name(parts, old, new)})
    if object_type == "OBJECT_TRIGGER":
        for child in list(state.lookup.children.get(key, ())):
            below = _named(state.tables[child].triggers, old)
            if below is not None and below.inherited:
                piece(state, object_type, {**node, "relation": _range_var(child)}, new)


def _range_var(name: Name) -> Node:
    return {"schemaname": name[0], "relname": name[1]}


def constraint(state: State, node: Node, new: str) -> None:
    """Rename a constraint; the index of a key goes by the same name."""
    found = relation(state, node["relation"], missing_ok=node.get("missing_ok", False))
    if found is None:
        return
    kind, key = found
    if kind != "tables":
        raise Refused("42809", f'"{key[1]}" is not a table')
    present = _named(state.tables[key].constraints, node["subname"])
    if present is None:
        if state.tables[key].assumed:
            return
        if state.major_version >= 18 and node["subname"].endswith("_not_null"):
            raise NotModelled("names of NOT NULL constraints are not modelled", security=False)
        raise Refused("42704", f'constraint "{node["subname"]}" for table "{key[1]}" does not exist')
    if present.inherited:
        raise Refused("42P16", f'cannot rename inherited constraint "{present.name}"')
    _rename_constraint(state, key, present.name, new)


def _rename_constraint(state: State, key: Name, old: str, new: str) -> None:
    table = state.tables[key]
    if _named(table.constraints, new) is not None:
        raise Refused("42710", f'constraint "{new}" for relation "{key[1]}" already exists')
    indexed = next((i for i in table.indexes if i.constraint == old), None)
    changes: dict[str, Any] = {"constraints": _with_name(table.constraints, old, new)}
    if indexed is not None:
        _check_free(state, (key[0], new))
        changes |= _index_changes(table, indexed.name, new, new)
    state.update("tables", key, **changes)
    if indexed is not None:
        _reparent(state, key, indexed.name, new)
    for child in list(state.lookup.children.get(key, ())):
        below = _named(state.tables[child].constraints, old)
        if below is not None and below.inherited and below.kind == "CHECK":
            _rename_constraint(state, child, old, new)


def _check_free(state: State, name: Name) -> None:
    if state.relation_kind(name) is not None:
        raise Refused("42P07", f'relation "{name[1]}" already exists')


def _index_changes(item: Any, old: str, new: str, constraint_name: str | None) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "indexes": tuple(replace(i, name=new, constraint=constraint_name) if i.name == old else i for i in item.indexes)
    }
    if isinstance(item, Table) and item.replica_identity == f"INDEX {old}":
        changes["replica_identity"] = f"INDEX {new}"
    return changes


def _reparent(state: State, key: Name, old: str, new: str) -> None:
    for child in list(state.lookup.children.get(key, ())):
        table = state.tables[child]
        indexes = tuple(replace(i, parent=(key[0], new)) if i.parent == (key[0], old) else i for i in table.indexes)
        if indexes != table.indexes:
            state.replace("tables", child, replace(table, indexes=indexes))


def index(state: State, key: Name, new: str) -> None:
    """Rename an index; the constraint that it serves goes by the same name."""
    owner = state.indexes[key]
    kind: Kind = "tables" if owner in state.tables else "views"
    item: Any = state.store(kind)[owner]
    served = _named(item.indexes, key[1]).constraint
    if served is not None:
        _rename_constraint(state, owner, served, new)
        return
    _check_free(state, (key[0], new))
    state.update(kind, owner, **_index_changes(item, key[1], new, None))
    _reparent(state, owner, key[1], new)


def domain_constraint(state: State, node: Node, new: str) -> None:
    """Rename a constraint of a domain."""
    kind, key = type_of(state, node["object"]["List"]["items"])
    old = node["subname"]
    if kind != "domains" or _named(state.domains[key].constraints, old) is None:
        raise Refused("42704", f'constraint "{old}" for domain {key[1]} does not exist')
    state.update("domains", key, constraints=_with_name(state.domains[key].constraints, old, new))


# --- columns --------------------------------------------------------------------------------------------------------


def column(state: State, node: Node, new: str) -> None:
    """Rename a column of a table or view, or an attribute of a composite type."""
    found = relation(state, node["relation"], missing_ok=node.get("missing_ok", False))
    if found is None:
        return
    kind, key = found
    old = node["subname"]
    if kind == "tables":
        assume.columns(state, key, [old])
        if state.tables[key].of_type is not None:
            raise Refused("42809", "cannot rename column of typed table")
    if kind not in ("tables", "views", "composites"):
        raise Refused("42809", f'"{key[1]}" has no columns to rename')
    store: Any = kind
    present = _named(state.store(store)[key].columns, old)
    if present is None:
        raise Refused("42703", f'column "{old}" does not exist')
    if present.inherited:
        raise Refused("42P16", f'cannot rename inherited column "{old}"')
    _rename_column(state, store, key, old, new)


def _rename_column(state: State, kind: Kind, key: Name, old: str, new: str) -> None:
    item: Any = state.store(kind)[key]
    if _named(item.columns, new) is not None:
        raise Refused("42701", f'column "{new}" of relation "{key[1]}" already exists')
    users = state.lookup.users.of(state, old)
    if kind == "tables":
        state.update(kind, key, **_own_changes(item, old, new))
        _elsewhere(state, key, old, new)
        for child in list(state.lookup.children.get(key, ())):
            if _named(state.tables[child].columns, old) is not None:
                _rename_column(state, kind, child, old, new)
    else:
        changes: dict[str, Any] = {"columns": _with_name(item.columns, old, new)}
        if kind == "views":
            changes |= {"grants": _columns_in(item.grants, old, new), "indexes": _indexes(item.indexes, old, new)}
            changes["definition"] = _output_renamed(item.definition, item.columns, old, new)
        state.update(kind, key, **changes)
    _in_expressions(state, users, kind, key, old, new, tuple(c.name for c in item.columns))


def _in_expressions(
    state: State, users: list[tuple[str, Any]], kind: Kind, key: Name, old: str, new: str, columns: tuple[str, ...]
) -> None:
    column_name = (*key, old)

    def change(text: str) -> str:
        if column_name not in references(text).columns:
            return text
        return rename_column(text, key, old, new, False, columns=columns)

    def own(text: str) -> str:
        refs = references(text)
        mentioned = old in refs.own_columns or column_name in refs.columns
        return rename_column(text, key, old, new, True, columns=columns) if mentioned else text

    item: Any = state.store(kind)[key]
    if kind == "tables":
        put(state, kind, key, restated.rewritten(item, own))
    rewrite(
        state,
        [u for u in users if u != (kind, key)],
        lambda i: _statistics(restated.rewritten(i, change), key, old, new),
    )


def _statistics(item: Any, key: Name, old: str, new: str) -> Any:
    return with_column(item, old, new) if isinstance(item, Other) and mentions(item, key) else item


def _own_changes(table: Table, old: str, new: str) -> dict[str, Any]:
    def name(column_name: str) -> str:
        return new if column_name == old else column_name

    constraints = []
    for present in table.constraints:
        far = present.reference
        if far is not None and (far.schema, far.table) == (table.schema, table.name):
            far = replace(far, columns=tuple(map(name, far.columns)))
        if far is not None:
            far = replace(far, delete_columns=tuple(map(name, far.delete_columns)))
        constraints.append(replace(present, columns=tuple(map(name, present.columns)), reference=far))
    return {
        "columns": _with_name(table.columns, old, new),
        "constraints": tuple(constraints),
        "indexes": _indexes(table.indexes, old, new),
        "triggers": tuple(replace(t, update_columns=tuple(map(name, t.update_columns))) for t in table.triggers),
        "grants": _columns_in(table.grants, old, new),
    }


def _indexes(indexes: tuple[Any, ...], old: str, new: str) -> tuple[Any, ...]:
    return tuple(
        replace(
            i,
            keys=tuple(replace(k, column=new) if k.column == old else k for k in i.keys),
            include=tuple(new if c == old else c for c in i.include),
        )
        for i in indexes
    )


def _columns_in(grants: tuple[Any, ...], old: str, new: str) -> tuple[Any, ...]:
    return tuple(
        replace(g, columns=tuple(sorted(new if c == old else c for c in g.columns))) if old in g.columns else g
        for g in grants
    )


def _elsewhere(state: State, key: Name, old: str, new: str) -> None:
    """Foreign keys to the column, the sequences it owns, and the publications that list it."""

    def name(column_name: str) -> str:
        return new if column_name == old else column_name

    for child in [c for c in state.lookup.referencing.get(key, ()) if c != key]:
        table = state.tables[child]
        constraints = tuple(
            replace(c, reference=replace(c.reference, columns=tuple(map(name, c.reference.columns))))
            if c.reference is not None and (c.reference.schema, c.reference.table) == key
            else c
            for c in table.constraints
        )
        put(state, "tables", child, replace(table, constraints=constraints))
    for sequence in list(state.lookup.owned.get(key, ())):
        if state.sequences[sequence].owned_by == (*key, old):
            state.replace("sequences", sequence, replace(state.sequences[sequence], owned_by=(*key, new)))
    for publication in list(state.publications):
        put(state, "publications", publication, _published(state.publications[publication], key, old, new))


def _published(publication: Publication, key: Name, old: str, new: str) -> Publication:
    tables = tuple(
        replace(
            t,
            columns=tuple(new if c == old else c for c in t.columns),
            where=rename_column(t.where, key, old, new, True) if t.where is not None else None,
        )
        if (t.schema, t.table) == key
        else t
        for t in publication.tables
    )
    return publication if tables == publication.tables else replace(publication, tables=tables)


def _output_renamed(definition: str, columns: tuple[Column, ...], old: str, new: str) -> str:
    """A view's query with another name for one of the columns that it puts out."""
    node = copy.deepcopy(parsed(definition))
    select = node.get("SelectStmt") if node is not None else None
    while select is not None and "larg" in select:
        select = select["larg"]
    if node is None or select is None or len(select.get("targetList", ())) != len(columns):
        raise NotModelled("the new name of this view's column is not modelled", security=False)
    position = [column.name for column in columns].index(old)
    select["targetList"][position]["ResTarget"]["name"] = new
    return deparse(node)
