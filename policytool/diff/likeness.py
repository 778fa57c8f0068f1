"""What looks the same but for its name, where there is only one such thing on either side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, Literal

from msgspec import Struct

from policytool.catalog.build.state import State
from policytool.catalog.model import Table
from policytool.catalog.objects import Catalog
from policytool.diff.same import fields, named

PartOf = Literal["column", "value", "constraint", "index", "policy", "trigger", "rule"]
Like = tuple[
    str, Any, Any, tuple[tuple[str, str], PartOf] | None
]  # store, old key, new key, the names of a part and what
_WHOLES: Final = ("tables", "views", "enums", "domains", "composites", "ranges", "functions")
_NAMES: Final = frozenset({"name", "schema", "comment", "grants", "owner", "replica_identity"})
_RENAMED: Final = frozenset({"name", "comment", "constraint", "parent", "valid", "clustered"})
_FREE: Final[tuple[tuple[str, PartOf], ...]] = (("policies", "policy"), ("triggers", "trigger"), ("rules", "rule"))


def schemas(state: State, after: Catalog) -> Iterator[Like]:
    """Schemas whose relations and routines have the same names."""
    gone = [name for name, s in state.schemas.items() if name not in after.schemas and s.origin is None]
    made = [name for name, s in after.schemas.items() if name not in state.schemas and s.origin is None]
    if gone and made:
        old, new = _contents(state, gone), _contents(after, made)
        for one, other in _pairs(list(old.items()), list(new.items())):
            yield "schemas", one, other, None


def _contents(side: Any, names: list[str]) -> dict[str, Any]:
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in names}
    for kind in ("tables", "views", "functions", "enums", "sequences"):
        for key in getattr(side, kind):
            if key[0] in found:
                found[key[0]].add((kind, key[1]))
    return {name: frozenset(held) or None for name, held in found.items()}


def wholes(state: State, after: Catalog) -> Iterator[Like]:
    """Tables with the same columns; views, types and routines that say the same."""
    for kind in _WHOLES:
        old, new = state.store(kind), getattr(after, kind)
        lost = [(k, i) for k, i in old.items() if k not in new and i.origin is None]
        found = [(k, i) for k, i in new.items() if k not in old and i.origin is None] if lost else []
        gone = [(k, _whole(k, i)) for k, i in lost] if found else []
        for one, other in _pairs(gone, [(k, _whole(k, i)) for k, i in found]):
            yield kind, one, other, None


def _whole(key: Any, item: Any) -> Any:
    if isinstance(item, Table):
        columns = tuple((c.name, c.type, c.not_null, c.generated) for c in item.columns)
        return (item.kind, item.partition_key, columns) if columns else None
    return (key[2:], shape(item))


def parts(state: State, after: Catalog) -> Iterator[Like]:
    """Columns of a table, attributes of a type, and one label of an enumeration in the place of another."""
    for kind in ("tables", "composites"):
        for key, item in state.store(kind).items():
            now = getattr(after, kind).get(key)
            if now is None or item.columns is now.columns or item.origin is not None:
                continue
            for names in _alike(item.columns, now.columns):
                yield kind, key, key, (names, "column")
    for key, enum in state.enums.items():
        wanted = after.enums.get(key)
        if wanted is None or enum.origin is not None or len(enum.labels) != len(wanted.labels):
            continue
        changed = [pair for pair in zip(enum.labels, wanted.labels, strict=True) if pair[0] != pair[1]]
        if len(changed) == 1 and changed[0][1] not in enum.labels:
            yield "enums", key, key, (changed[0], "value")


def _alike(before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    """The names of parts that are gone and made, and alike; what a parent gives is the parent's to rename."""
    if before is after:
        return
    old, new = named(before), named(after)
    gone = [(n, shape(p, _RENAMED)) for n, p in old.items() if n not in new and not getattr(p, "inherited", False)]
    made = [(n, shape(p, _RENAMED)) for n, p in new.items() if n not in old and not getattr(p, "inherited", False)]
    yield from _pairs(gone, made)


def shape(item: Any, without: frozenset[str] = _NAMES) -> Any:
    """What a thing is but for its name, to be looked up by."""
    if isinstance(item, Struct):
        held = [(name, shape(getattr(item, name), without)) for name in fields(type(item)) if name not in without]
        return (type(item).__name__, *held)
    if isinstance(item, tuple):
        return tuple(shape(part, without) for part in item)
    return item


def _pairs(gone: list[tuple[Any, Any]], made: list[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """The names whose contents are alike, where there is only one on either side."""
    if not gone or not made:
        return
    by_shape: dict[Any, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((gone, made)):
        for name, held in items:
            if held is not None:
                by_shape[held][side].append(name)
    for old, new in by_shape.values():
        if len(old) == 1 and len(new) == 1:
            yield old[0], new[0]


# --- what holds nothing of its own: its name is all that changes ----------------------------------------------------


def sequences(state: State, after: Catalog) -> Iterator[tuple[str, Any, Any]]:
    """The sequence of a column that stays is the same sequence."""
    wanted = {s.owned_by: (k, s) for k, s in after.sequences.items() if s.owned_by is not None}
    for key, sequence in state.sequences.items():
        new, now = wanted.get(sequence.owned_by or ("", "", ""), (key, sequence))
        if key not in after.sequences and new not in state.sequences and sequence.identity == now.identity:
            yield "sequences", key, new


def free(state: State, after: Catalog) -> Iterator[tuple[str, Any, tuple[str, str], PartOf]]:
    """Constraints, indexes, policies, triggers and rules that say what another said that is gone."""
    for kind in ("tables", "views"):
        for key, host in state.store(kind).items():
            now = getattr(after, kind).get(key)
            if now is None or now is host or host.origin is not None or type(now) is not type(host):
                continue
            for names in _constraints(host, now) if kind == "tables" else ():
                yield kind, key, names, "constraint"
            for names in _indexes(host, now):
                if state.relation_kind((host.schema, names[1])) is None:
                    yield kind, key, names, "index"
            for field, noun in _FREE:
                for names in _alike(getattr(host, field, ()), getattr(now, field, ())):
                    yield kind, key, names, noun


def _constraints(host: Any, now: Any) -> Iterator[tuple[str, str]]:
    if host.constraints is now.constraints:
        return
    old, new = named(host.constraints), named(now.constraints)
    before, after = _serving(host), _serving(now)
    gone = [
        (n, (shape(c, _RENAMED), shape(before.get(n), _RENAMED)))
        for n, c in old.items()
        if n not in new and not c.inherited
    ]
    made = [
        (n, (shape(c, _RENAMED), shape(after.get(n), _RENAMED)))
        for n, c in new.items()
        if n not in old and not c.inherited
    ]
    yield from _pairs(gone, made)


def _serving(table: Table) -> dict[str, Any]:
    return {index.constraint: index for index in table.indexes if index.constraint is not None}


def _indexes(host: Any, now: Any) -> Iterator[tuple[str, str]]:
    if host.indexes is now.indexes:
        return
    old, new = named(host.indexes), named(now.indexes)
    gone = [(n, shape(i, _RENAMED)) for n, i in old.items() if n not in new and i.constraint is None]
    made = [(n, shape(i, _RENAMED)) for n, i in new.items() if n not in old and i.constraint is None]
    yield from _pairs(gone, made)
