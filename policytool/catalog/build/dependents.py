"""What depends on an object or on a part of one, as Postgres records it in pg_depend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from policytool.catalog.build import other_links, other_users
from policytool.catalog.build.calls import may_call
from policytool.catalog.build.definitions import columns_of, mentions
from policytool.catalog.build.members import members
from policytool.catalog.build.parts import Part, Test, calling, made_of, using
from policytool.catalog.build.state import State
from policytool.catalog.build.stores import TYPE_KINDS
from policytool.catalog.build.users import words
from policytool.catalog.expression.references import References, references
from policytool.catalog.model import Constraint, Index, Name, Table, View

Edge = tuple[Part, bool]  # a dependent, and whether it goes along without CASCADE


def dependents(state: State, part: Part) -> Iterator[Edge]:
    """The direct dependents of an object or part, those that are parts of itself left out."""
    if part.kind == "others" and not part.part:
        yield from other_users.users(state, part.key)
        return
    find = (_PARTS if part.part else _WHOLE).get(part.part or part.kind)
    if find is not None:
        yield from find(state, part)
    if part.part in ("", "column"):
        links = other_links.dependents(state, part.kind, part.key, part.name or None)
        yield from ((Part("others", key), along) for key, along in links)


# --- relations ------------------------------------------------------------------------------------------------------


def _table(state: State, own: Part) -> Iterator[Edge]:
    key: Name = own.key
    for child in state.lookup.children.get(key, ()):
        yield Part("tables", child), state.tables[child].partition_of == key
    for referenced in _with_ancestors(state, key):
        for child, constraint in _foreign_keys(state, referenced):
            yield Part("tables", child, "constraint", constraint.name), child == key
    yield from ((Part("sequences", s), True) for s in state.lookup.owned.get(key, ()))
    yield from _relation(state, own)


def _with_ancestors(state: State, key: Name) -> Iterator[Name]:
    """A table and the partitioned tables above it: a foreign key to those is one to each partition."""
    found: Name | None = key
    while found is not None and found in state.tables:
        yield found
        found = state.tables[found].partition_of


def _relation(state: State, own: Part) -> Iterator[Edge]:
    yield from _named(state, own, lambda refs: own.key in refs.tables)
    yield from _typed(state, own.key)
    for kind, key in state.lookup.users.of(state, own.key[1]):
        if kind == "publications":
            members = {(t.schema, t.table) for t in state.publications[key].tables}
            if own.key in members:
                yield Part(kind, key, "member", own.key), True
        elif kind == "tables":
            for trigger in state.tables[key].triggers:
                if trigger.references == own.key:
                    yield Part(kind, key, "trigger", trigger.name), True
        elif kind == "others" and key[0] == "statistics" and mentions(state.others[key], own.key):
            yield Part(kind, key), True


def _named(state: State, own: Part, test: Test, word: str | None = None) -> Iterator[Edge]:
    """The parts, of any object but this one, whose expressions pass a test; they hold the name as a word."""
    for kind, key in state.lookup.users.of(state, word or own.key[1]):
        if (kind, key) != (own.kind, own.key):
            item = state.store(kind)[key]  # type: ignore[arg-type]
            yield from ((part, False) for part in using(kind, key, item, test))


def _column(state: State, part: Part) -> Iterator[Edge]:
    key, name = part.key, part.name
    column = (*key, name)
    item: Any = state.store(part.kind)[key]  # type: ignore[arg-type]
    if isinstance(item, Table):
        yield from _own_parts(item, part)
        for child, far in _foreign_keys(state, key):
            if far.reference is not None and name in far.reference.columns:
                yield Part("tables", child, "constraint", far.name), False
        for sequence in state.lookup.owned.get(key, ()):
            if state.sequences[sequence].owned_by == column:
                yield Part("sequences", sequence), True
        yield from _inherited_column(state, key, name)
    yield from _named(state, part.whole, lambda refs: column in refs.columns, name)
    for kind, owner in state.lookup.users.of(state, key[1]):
        if kind == "publications":
            for member in state.publications[owner].tables:
                if (member.schema, member.table) == key and name in member.columns:
                    yield Part(kind, owner, "member", key), False
        elif kind == "others" and name in words(columns_of(state.others[owner])) and mentions(state.others[owner], key):
            yield Part(kind, owner), True


def _own_parts(table: Table, part: Part) -> Iterator[Edge]:
    key, name = part.key, part.name

    def mentions(refs: References) -> bool:
        return name in refs.own_columns or (*key, name) in refs.columns

    for constraint in table.constraints:
        if name in constraint.columns or (constraint.expression and mentions(references(constraint.expression))):
            yield Part("tables", key, "constraint", constraint.name), True
    for index in table.indexes:
        if index.constraint is None and name in (*(k.column for k in index.keys), *index.include):
            yield Part("tables", key, "index", index.name), True
        elif index.constraint is not None and name in index.include:
            yield Part("tables", key, "constraint", index.constraint), True
    for trigger in table.triggers:
        if name in trigger.update_columns:
            yield Part("tables", key, "trigger", trigger.name), False
    for user in using("tables", key, table, mentions):
        if user.part != "constraint" and user != part and user.part:
            yield user, user.part == "index"


def _inherited_column(state: State, key: Name, name: str) -> Iterator[Edge]:
    for child in state.lookup.children.get(key, ()):
        for column in state.tables[child].columns:
            if (
                column.name == name
                and column.inherited
                and not column.local
                and not _elsewhere(state, child, key, name)
            ):
                yield Part("tables", child, "column", name), True


def _elsewhere(state: State, child: Name, parent: Name, name: str) -> bool:
    """Whether a child has a column from another parent, too."""
    others = (p for p in state.tables[child].inherits if p != parent and p in state.tables)
    return any(column.name == name for other in others for column in state.tables[other].columns)


def _foreign_keys(state: State, key: Name) -> Iterator[tuple[Name, Constraint]]:
    for child in state.lookup.referencing.get(key, ()):
        for constraint in state.tables[child].constraints:
            far = constraint.reference
            if far is not None and (far.schema, far.table) == key:
                yield child, constraint


def _constraint(state: State, part: Part) -> Iterator[Edge]:
    if part.kind != "tables":
        return
    table = state.tables[part.key]
    for index in table.indexes:
        if index.constraint == part.name:
            yield from _index_users(state, part.key, table, index)
    for child in state.lookup.children.get(part.key, ()):
        for constraint in state.tables[child].constraints:
            # A CHECK of a child does not depend on its parent's: only DROP CONSTRAINT takes both.
            same = constraint.name == part.name and constraint.kind != "CHECK"
            if same and constraint.inherited and not constraint.local:
                yield Part("tables", child, "constraint", constraint.name), True


def _index(state: State, part: Part) -> Iterator[Edge]:
    item: Any = state.store(part.kind)[part.key]  # type: ignore[arg-type]
    for index in item.indexes:
        if index.name == part.name:
            yield from _index_users(state, part.key, item, index)


def _index_users(state: State, key: Name, item: Table | View, index: Index) -> Iterator[Edge]:
    """The foreign keys that lean on an index, and the indexes of partitions that belong to it."""
    if index.unique and isinstance(item, Table):
        columns = _key_columns(index)
        if next((i for i in item.indexes if i.unique and _key_columns(i) == columns), None) is index:
            for child, far in _foreign_keys(state, key):
                if far.reference is not None and frozenset(far.reference.columns) == columns:
                    yield Part("tables", child, "constraint", far.name), False
    name = (key[0], index.name)
    for child in state.lookup.children.get(key, ()):
        for below in state.tables[child].indexes:
            if below.parent == name:
                part = ("index", below.name) if below.constraint is None else ("constraint", below.constraint)
                yield Part("tables", child, *part), True


def _key_columns(index: Index) -> frozenset[str | None] | None:
    return frozenset(k.column for k in index.keys) if index.predicate is None else None


def _trigger(state: State, part: Part) -> Iterator[Edge]:
    for child in state.lookup.children.get(part.key, ()) if part.kind == "tables" else ():
        for trigger in state.tables[child].triggers:
            if trigger.name == part.name and trigger.inherited:
                yield Part("tables", child, "trigger", trigger.name), True


# --- functions, types, schemas --------------------------------------------------------------------------------------


def _function(state: State, own: Part) -> Iterator[Edge]:
    name: Name = own.key[:2]
    single = len(state.overloads.get(name, ())) < 2

    def test(refs: References) -> bool:
        return name in refs.functions

    for kind, key in state.lookup.users.of(state, name[1]):
        if (kind, key) == ("functions", own.key):
            continue
        item = state.store(kind)[key]  # type: ignore[arg-type]
        for part in using(kind, key, item, test):
            if single or may_call(state, item, part, own.key):
                yield part, False
        if mentions(item, name) and single:
            yield Part(kind, key), False
        if not own.key[2]:  # trigger functions and handlers take no arguments
            yield from ((part, False) for part in calling(kind, key, item, name))


def _sequence(state: State, own: Part) -> Iterator[Edge]:
    yield from _named(state, own, lambda refs: own.key in refs.tables)


def _type(state: State, own: Part) -> Iterator[Edge]:
    yield from _typed(state, own.key)
    if own.kind == "ranges":
        yield from _typed(state, (own.key[0], state.ranges[own.key].multirange))


def _typed(state: State, name: Name) -> Iterator[Edge]:
    for kind, key in state.lookup.users.of(state, name[1]):
        if key == name and kind != "functions":
            continue
        item = state.store(kind)[key]  # type: ignore[arg-type]
        if mentions(item, name):
            yield Part(kind, key), False
        yield from ((part, False) for part in made_of(kind, key, item, name))
        yield from ((part, False) for part in using(kind, key, item, lambda refs: name in refs.types))


def _extension(state: State, own: Part) -> Iterator[Edge]:
    found = dict.fromkeys(Part(kind, key) for kind, key in members(state, own.key))
    queue = list(found)
    for part in queue:  # a server shows more of what came with it than its script here: operators, casts
        for leaning, _ in dependents(state, part):
            item: Any = None if leaning.part else state.store(leaning.kind).get(leaning.key)  # type: ignore[arg-type]
            if leaning not in found and getattr(item, "origin", None) == "extension":
                found[leaning] = None
                queue.append(leaning)
    yield from ((part, True) for part in found)


def _server(state: State, own: Part) -> Iterator[Edge]:
    yield from ((Part("tables", key), False) for key, table in state.tables.items() if table.server == own.key)


def _wrapper(state: State, own: Part) -> Iterator[Edge]:
    yield from ((Part("servers", key), False) for key, server in state.servers.items() if server.wrapper == own.key)


def _schema(state: State, own: Part) -> Iterator[Edge]:
    schema = own.key
    for kind in ("tables", "views", "sequences", "functions", *TYPE_KINDS):
        for key in state.store(kind):  # type: ignore[arg-type]
            if key[0] == schema:
                yield Part(kind, key), False
    for other in state.others:
        if other[1] == schema:
            yield Part("others", other), False
    for name, extension in state.extensions.items():
        if extension.schema == schema:
            yield Part("extensions", name), False


_WHOLE: dict[str, Callable[[State, Part], Iterator[Edge]]] = {
    "tables": _table,
    "views": _relation,
    "sequences": _sequence,
    "functions": _function,
    "schemas": _schema,
    "extensions": _extension,
    "servers": _server,
    "wrappers": _wrapper,
    **dict.fromkeys(TYPE_KINDS, _type),
}
_PARTS: dict[str, Callable[[State, Part], Iterator[Edge]]] = {
    "column": _column,
    "constraint": _constraint,
    "index": _index,
    "trigger": _trigger,
}
