"""AFTER with BEFORE's own objects wherever the two say the same, so that what stays is known by identity."""

from __future__ import annotations

import functools
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.model import Role, Table, View
from policytool.catalog.objects import Catalog, Composite, Domain, Publication
from policytool.diff.same import EVIDENCE

_STORES: Final = (
    "roles", "schemas", "tables", "views", "sequences", "functions", "enums", "domains", "composites", "ranges",
    "base_types", "extensions", "event_triggers", "publications", "wrappers", "servers", "others", "buckets",
)  # fmt: skip
_HUNG: Final = ("owner", "grants", "triggers", "rules")
_PARTS: Final[dict[type, tuple[str, ...]]] = {
    Table: ("columns", "constraints", "indexes", "policies", "triggers", "rules", "grants"),
    View: ("columns", "indexes", "triggers", "rules", "grants"),
    Composite: ("columns", "grants"),
    Domain: ("constraints", "grants"),
    Publication: ("tables",),
}


def shared(before: Catalog, after: Catalog) -> Catalog:
    """AFTER, each object or part that differs from BEFORE's in nothing but where it was said replaced by that."""
    if before is after:
        return after
    changes: dict[str, Any] = {}
    for store in _STORES:
        old, new = getattr(before, store), getattr(after, store)
        if old and new and old is not new:
            changes[store] = {key: _shared(old.get(key), item) for key, item in new.items()}
    return replace(after, **changes)


def unshared(one: Catalog, other: Catalog) -> tuple[Catalog, Catalog]:
    """Both without the objects that are the same thing in either."""
    sides: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for store in _STORES:
        a, b = getattr(one, store), getattr(other, store)
        sides[0][store] = {key: item for key, item in a.items() if b.get(key) is not item}
        sides[1][store] = {key: item for key, item in b.items() if a.get(key) is not item}
    return replace(one, **sides[0]), replace(other, **sides[1])


def _shared(old: Any, new: Any) -> Any:
    if old is None or old is new or type(old) is not type(new):
        return new
    origins = (getattr(old, "origin", None), getattr(new, "origin", None))
    if None not in origins and not isinstance(new, Table | Role):
        if "extension" in origins:
            return old
        if old.changed is None and new.changed is None:
            new = _as_given(old, new)
    kind: type[Struct] = type(new)
    parts: dict[str, tuple[Any, ...]] = {}
    equal = True
    for field in _parts(kind):
        a, b = getattr(old, field), getattr(new, field)
        if a is not b and (a or b):
            parts[field] = _shared_parts(a, b)
            equal = equal and parts[field] is a
    if equal and _values(kind)(old) == _values(kind)(new):
        return old
    return replace(new, **parts) if parts else new


def _as_given(old: Any, new: Any) -> Any:
    """What the platform says of its own object may be of another version; what users can hang on it counts."""
    return replace(old, **{field: getattr(new, field) for field in _HUNG if field in new.__struct_fields__})


def _shared_parts(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    if not old or not new:
        return new
    kind: type[Struct] = type(new[0])
    values = _values(kind)
    if len(old) == len(new) and all(values(a) == values(b) for a, b in zip(old, new, strict=True)):
        return old
    known = {part.name: part for part in old} if hasattr(new[0], "name") else {}
    pairs = ((known.get(getattr(part, "name", None)), part) for part in new)
    return tuple(was if was is not None and values(was) == values(part) else part for was, part in pairs)


@functools.cache
def _parts(kind: type[Struct]) -> tuple[str, ...]:
    """The fields whose structs are compared one by one."""
    return _PARTS.get(kind, ("grants",) if "grants" in kind.__struct_fields__ else ())


@functools.cache
def _values(kind: type[Struct]) -> Callable[[Any], Any]:
    """Reads all other fields at once, but for the evidence. Where a thing comes from counts."""
    left_out = (EVIDENCE - {"origin", "assumed"}) | set(_parts(kind))
    return attrgetter(*(name for name in kind.__struct_fields__ if name not in left_out))
