"""Dropping with all consequences: what goes along, what stands in the way, and how parts are taken off."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from policytool.catalog.build import operators
from policytool.catalog.build.dependents import dependents
from policytool.catalog.build.parts import Part
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Table, View
from policytool.catalog.objects import Composite, Domain, Publication

_FIELDS = {
    "policy": "policies",
    "trigger": "triggers",
    "rule": "rules",
    "constraint": "constraints",
    "index": "indexes",
    "column": "columns",
}


def drop_parts(state: State, targets: Iterable[Part], *, cascade: bool) -> list[Part]:
    """Drop objects and parts of objects together; Refused when others depend on them and `cascade` is off."""
    goes = _closure(state, targets)
    if not cascade:
        _check(goes)
    dropped = list(goes)
    _execute(state, dropped)
    return dropped


def _closure(state: State, targets: Iterable[Part]) -> dict[Part, bool]:
    """Everything that goes, and whether it may go without CASCADE."""
    goes: dict[Part, bool] = dict.fromkeys(targets, True)
    queue = list(goes)
    for part in queue:
        if part.part and part.whole in goes:
            continue
        for dependent, silently in dependents(state, part):
            if dependent not in goes:
                queue.append(dependent)
            goes[dependent] = goes.get(dependent, False) or silently
    return goes


def _check(goes: dict[Part, bool]) -> None:
    blocking = [part for part, silently in goes.items() if not silently and not _covered(part, goes)]
    if blocking:
        first = next(iter(goes))
        named = ", ".join(str(part) for part in blocking[:5])
        more = f" and {len(blocking) - 5} more" if len(blocking) > 5 else ""
        raise Refused("2BP01", f"cannot drop {first} because other objects depend on it: {named}{more}")


def _covered(part: Part, goes: dict[Part, bool]) -> bool:
    """Whether the object goes, or for a default its column, of which this is a part."""
    column = Part(part.kind, part.key, "column", part.name)
    return goes.get(part.whole, False) or (part.part == "default" and goes.get(column, False))


def _execute(state: State, dropped: list[Part]) -> None:
    whole = {part for part in dropped if not part.part}
    pieces: dict[Part, list[Part]] = {}
    for part in dropped:
        if part.part and part.whole not in whole:
            pieces.setdefault(part.whole, []).append(part)
    for owner, parts in pieces.items():
        take_off(state, owner, parts)
    for part in reversed([p for p in dropped if not p.part]):
        _remove(state, part)


def _remove(state: State, part: Part) -> None:
    kind: Any = part.kind
    if part.key not in state.store(kind):
        return
    item = state.store(kind)[part.key]
    state.remove(kind, part.key)
    if kind == "others" and item.kind == "operator":
        operators.parted(state, item)
    if kind in ("tables", "views", "sequences"):
        state.temporary.discard(part.key)
    if kind == "schemas":
        state.default_privileges[:] = [d for d in state.default_privileges if d.schema != part.key]
        state.forget("initial_grants")
        for name, publication in list(state.publications.items()):
            if part.key in publication.schemas:
                kept = tuple(s for s in publication.schemas if s != part.key)
                state.update("publications", name, schemas=kept)
    elif kind == "tables":
        _disinherit(state, part.key)


def _disinherit(state: State, parent: Any) -> None:
    for child in list(state.lookup.children.get(parent, ())):
        inherits = tuple(p for p in state.tables[child].inherits if p != parent)
        state.update("tables", child, inherits=inherits)


# --- parts ----------------------------------------------------------------------------------------------------------


def take_off(state: State, owner: Part, parts: list[Part]) -> None:
    """Take parts off an object, with what is inseparable from each."""
    kind: Any = owner.kind
    item: Any = state.store(kind)[owner.key]
    gone: dict[str, set[Any]] = {}
    for part in parts:
        gone.setdefault(part.part, set()).add(part.name)
    match item:
        case Publication():
            members = gone.get("member", set())
            changes: dict[str, Any] = {"tables": tuple(t for t in item.tables if (t.schema, t.table) not in members)}
        case Domain():
            changes = _named(item, gone, ("constraint",))
            if "default" in gone:
                changes["default"] = None
        case Composite():
            changes = _named(item, gone, ("column",))
        case _:
            changes = _relation(state, owner, item, gone)
    if changes:
        state.update(kind, owner.key, **changes)


def _named(item: Any, gone: dict[str, set[Any]], parts: Iterable[str]) -> dict[str, Any]:
    return {
        _FIELDS[part]: tuple(p for p in getattr(item, _FIELDS[part]) if p.name not in gone[part])
        for part in parts
        if part in gone
    }


def _relation(state: State, owner: Part, item: Table | View, gone: dict[str, set[Any]]) -> dict[str, Any]:
    changes = _named(item, gone, gone.keys() & _FIELDS.keys())
    if "constraint" in gone:
        kept = changes.get("indexes", item.indexes)
        changes["indexes"] = tuple(i for i in kept if i.constraint not in gone["constraint"])
    if "default" in gone:
        columns = changes.get("columns", item.columns)
        changes["columns"] = tuple(replace(c, default=None) if c.name in gone["default"] else c for c in columns)
    if "column" in gone:
        changes["grants"] = without_columns(item.grants, gone["column"])
        _keep_local(state, owner, gone["column"])
    if isinstance(item, Table) and item.replica_identity.startswith("INDEX "):
        kept = {i.name for i in changes.get("indexes", item.indexes)}
        if item.replica_identity.removeprefix("INDEX ") not in kept:
            changes["replica_identity"] = "NOTHING"
    return changes


def without_columns(grants: tuple[Any, ...], columns: set[Any]) -> tuple[Any, ...]:
    """The grants after these columns have gone."""
    kept = []
    for grant in grants:
        if not columns.isdisjoint(grant.columns):
            left = tuple(c for c in grant.columns if c not in columns)
            if not left:
                continue
            grant = replace(grant, columns=left)
        kept.append(grant)
    return tuple(kept)


def _keep_local(state: State, owner: Part, columns: set[str]) -> None:
    """A column that a child defines itself, too, stays there and is no longer inherited."""
    for child in list(state.lookup.children.get(owner.key, ())) if owner.kind == "tables" else ():
        table = state.tables[child]
        others = [p for p in table.inherits if p != owner.key and p in state.tables]
        still = {c.name for other in others for c in state.tables[other].columns}
        changed = tuple(
            replace(c, inherited=False) if c.name in columns and c.inherited and c.local and c.name not in still else c
            for c in table.columns
        )
        if changed != table.columns:
            state.update("tables", child, columns=changed)
