"""New names of columns, and of all that names them."""

from __future__ import annotations

import copy
from typing import Any

from msgspec.structs import replace

from policytool.catalog.build import assume, restated
from policytool.catalog.build.definitions import mentions, with_column
from policytool.catalog.build.dispatch import Node
from policytool.catalog.build.moves import put, rewrite
from policytool.catalog.build.rename_part import named_part, with_name
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.build.stores import Kind
from policytool.catalog.build.targets import relation
from policytool.catalog.expression.deparse import deparse
from policytool.catalog.expression.parsing import parsed
from policytool.catalog.expression.references import references
from policytool.catalog.expression.rename import rename_column
from policytool.catalog.model import Column, Name, Table
from policytool.catalog.objects import Other, Publication


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
    present = named_part(state.store(store)[key].columns, old)
    if present is None:
        raise Refused("42703", f'column "{old}" does not exist')
    if present.inherited:
        raise Refused("42P16", f'cannot rename inherited column "{old}"')
    _rename_column(state, store, key, old, new)


def _rename_column(state: State, kind: Kind, key: Name, old: str, new: str) -> None:
    item: Any = state.store(kind)[key]
    if named_part(item.columns, new) is not None:
        raise Refused("42701", f'column "{new}" of relation "{key[1]}" already exists')
    users = state.lookup.users.of(state, old)
    if kind == "tables":
        state.update(kind, key, **_own_changes(item, old, new))
        _elsewhere(state, key, old, new)
        for child in list(state.lookup.children.get(key, ())):
            if named_part(state.tables[child].columns, old) is not None:
                _rename_column(state, kind, child, old, new)
    else:
        changes: dict[str, Any] = {"columns": with_name(item.columns, old, new)}
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
        "columns": with_name(table.columns, old, new),
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
