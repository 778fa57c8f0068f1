"""New names and schemas of whole objects, and what they change elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from policytool.catalog.build import restated, texts
from policytool.catalog.build.calls import calls
from policytool.catalog.build.definitions import moved, redefined
from policytool.catalog.build.state import Refused, State
from policytool.catalog.build.stores import TYPE_KINDS, Kind
from policytool.catalog.build.users import Object
from policytool.catalog.expression.references import references
from policytool.catalog.expression.rename import rename_function, rename_relation, rename_schema, rename_type
from policytool.catalog.model import Name, Signature, Table
from policytool.catalog.spelling import qualified

Rewrite = Callable[[Any], Any]


def put(state: State, kind: Kind, key: Any, item: Any) -> None:
    """Replace an object by what a rename elsewhere made of it; a function may have another signature now."""
    if item is state.store(kind)[key]:
        return
    if kind == "functions" and item.signature != key:
        fields = {name: getattr(item, name) for name in ("arguments", "returns", "support", "body")}
        state.rekey(kind, key, item.signature, **fields)
    elif kind == "others" and item.name != key[2]:
        state.rekey(kind, key, (key[0], key[1], item.name), name=item.name, definition=item.definition)
    else:
        state.replace(kind, key, item)


def rewrite(state: State, users: list[Object], change: Rewrite) -> None:
    """Apply a change to the objects that may need it."""
    for kind, key in users:
        store: Any = kind
        item = state.store(store).get(key)
        if item is not None:
            put(state, store, key, change(item))


# --- relations and types --------------------------------------------------------------------------------------------


def move_relation(state: State, kind: Kind, old: Name, new: Name) -> None:
    """Give a table, view, sequence or composite type a new name or schema."""
    if old == new:
        return
    if state.relation_kind(new) is not None:
        raise Refused("42P07", f'relation "{new[1]}" already exists')
    if kind != "sequences" and any(new in state.store(k) for k in TYPE_KINDS):  # type: ignore[arg-type]
        raise Refused("42710", f'type "{new[1]}" already exists')  # of the row type
    state.rekey(kind, old, new, schema=new[0], name=new[1])
    if old in state.temporary:
        state.temporary.discard(old)
        state.temporary.add(new)

    def link(name: Name) -> Name:
        return new if name == old else name

    related: list[Object] = [("tables", key) for key in state.lookup.children.get(old, ())]
    related += [("tables", key) for key in state.lookup.referencing.get(old, ())]
    related += [("sequences", key) for key in state.lookup.owned.get(old, ())]
    rewrite(
        state, [*dict.fromkeys(related), *state.lookup.users.of(state, old[1])], lambda i: restated.relinked(i, link)
    )
    rewrite(state, state.lookup.users.of(state, old[1]), lambda i: _relation_in(i, old, new))
    if kind == "tables":
        put(state, kind, new, restated.rewritten(state.tables[new], lambda text: _own_relation_in(text, old, new)))
    _type_everywhere(state, old, new)
    if kind == "tables" and old[0] != new[0]:
        _follow_to_schema(state, old, new)


def _relation_in(item: Any, old: Name, new: Name) -> Any:
    def change(text: str) -> str:
        return rename_relation(text, old, new) if old in references(text).tables else text

    return redefined(restated.rewritten(item, change), old, new)


def _own_relation_in(text: str, old: Name, new: Name) -> str:
    """A text that belongs to the table, in whose sub-queries the table goes by its name."""
    refs = references(text)
    return rename_relation(text, old, new) if old in refs.tables or old[1] in refs.own_names else text


def _follow_to_schema(state: State, old: Name, new: Name) -> None:
    for sequence in list(state.lookup.owned.get(new, ())):
        if sequence[0] == old[0]:
            move_relation(state, "sequences", sequence, (new[0], sequence[1]))
    own = {(old[0], index.name) for index in state.tables[new].indexes}

    def change(parent: Name | None) -> Name | None:
        return (new[0], parent[1]) if parent in own and parent is not None else parent

    for child in list(state.lookup.children.get(new, ())):
        put(state, "tables", child, _reparented(state.tables[child], change))


def _reparented(table: Table, change: Callable[[Name | None], Name | None]) -> Table:
    indexes = tuple(replace(i, parent=change(i.parent)) for i in table.indexes)
    return table if indexes == table.indexes else replace(table, indexes=indexes)


def move_type(state: State, kind: Kind, old: Name, new: Name) -> None:
    """Give a type a new name or schema; one with attributes is a relation, too."""
    if old == new:
        return
    if kind == "composites":
        move_relation(state, kind, old, new)
        return
    if any(new in state.store(k) for k in (*TYPE_KINDS, "tables", "views")):  # type: ignore[arg-type]
        raise Refused("42710", f'type "{new[1]}" already exists')
    state.rekey(kind, old, new, schema=new[0], name=new[1])
    if kind == "ranges" and old[0] != new[0]:
        multirange = state.ranges[new].multirange
        _type_everywhere(state, (old[0], multirange), (new[0], multirange))
    _type_everywhere(state, old, new)


def _type_everywhere(state: State, old: Name, new: Name) -> None:
    before, after = qualified(*old), qualified(*new)

    def retype(text: str) -> str:
        return text.replace(before, after, 1) if texts.type_in(text) == old else text

    def change(text: str) -> str:
        return rename_type(text, old, new) if old in references(text).types else text

    def rename(item: Any) -> Any:
        return redefined(restated.rewritten(restated.retyped(item, retype), change), old, new)

    rewrite(state, state.lookup.users.of(state, old[1]), rename)


# --- functions ------------------------------------------------------------------------------------------------------


def move_function(state: State, old: Signature, new: Name) -> None:
    """Give a function a new name or schema."""
    signature = (*new, old[2])
    if signature == old:
        return
    if signature in state.functions:
        raise Refused("42723", f'function {new[1]}({", ".join(old[2])}) already exists in schema "{new[0]}"')
    name = old[:2]
    users = state.lookup.users.of(state, name[1])
    namesakes = [state.functions[s] for s in state.overloads.get(name, ()) if s != old]
    function = state.functions[old]
    state.rekey("functions", old, signature, schema=new[0], name=new[1])

    def change(text: str) -> str:
        if name not in references(text).functions:
            return text
        return rename_function(text, name, new) if calls(text, function, namesakes) else text

    def rename(item: Any) -> Any:
        item = restated.rewritten(item, change)
        item = item if namesakes else redefined(item, name, new)
        return item if old[2] else restated.reassigned(item, lambda f: new if f == name else f)

    rewrite(state, users, rename)


# --- schemas --------------------------------------------------------------------------------------------------------


def rename_a_schema(state: State, old: str, new: str) -> None:
    """Give a schema a new name: everything in it has another qualified name then."""
    if new in state.schemas:
        raise Refused("42P06", f'schema "{new}" already exists')
    users = state.lookup.users.of(state, old)
    state.rekey("schemas", old, new, name=new)
    rekeyed = _rekey_all(state, old, new)
    _schema_fields(state, old, new)

    def link(name: Name) -> Name:
        return (new, name[1]) if name[0] == old else name

    def retype(text: str) -> str:
        name = texts.type_in(text)
        return text.replace(qualified(*name), qualified(*link(name)), 1) if name and name[0] == old else text

    def change(item: Any) -> Any:
        item = moved(restated.reassigned(restated.relinked(restated.retyped(item, retype), link), link), old, new)
        return restated.rewritten(item, lambda text: rename_schema(text, old, new))

    linked: list[Object] = []
    for relations in (state.lookup.children, state.lookup.referencing):
        linked += [("tables", key) for name in list(relations) if name[0] == old for key in relations[name]]
    linked += [
        ("sequences", key) for name in list(state.lookup.owned) if name[0] == old for key in state.lookup.owned[name]
    ]
    objects = dict.fromkeys((kind, rekeyed.get((kind, key), key)) for kind, key in [*users, *linked])
    rewrite(state, list(objects), change)
    for child in {key for name in list(state.lookup.children) if name[0] == new for key in state.lookup.children[name]}:
        put(state, "tables", child, _reparented(state.tables[child], lambda p: link(p) if p else None))


def _rekey_all(state: State, old: str, new: str) -> dict[Object, Any]:
    """Put everything in a schema under its new qualified name; the old keys with the new ones."""
    rekeyed: dict[Object, Any] = {}
    for kind in ("tables", "views", "sequences", *TYPE_KINDS, "functions"):
        store: Any = kind
        for key in [k for k in state.store(store) if k[0] == old]:
            rekeyed[(kind, key)] = (new, *key[1:])
            state.rekey(store, key, (new, *key[1:]), schema=new)
    for other in [k for k in state.others if k[1] == old]:
        rekeyed[("others", other)] = (other[0], new, other[2])
        state.rekey("others", other, (other[0], new, other[2]), schema=new)
    return rekeyed


def _schema_fields(state: State, old: str, new: str) -> None:
    for name, extension in list(state.extensions.items()):
        if extension.schema == old:
            state.update("extensions", name, schema=new)
    for name, publication in list(state.publications.items()):
        if old in publication.schemas:
            schemas = tuple(new if s == old else s for s in publication.schemas)
            state.update("publications", name, schemas=schemas)
    state.default_privileges[:] = [replace(d, schema=new) if d.schema == old else d for d in state.default_privileges]
    state.forget("initial_grants")
