"""When two versions of an object are the same: evidence, and what is compared elsewhere, left out."""

from __future__ import annotations

import functools
from typing import Any, Final

from msgspec import Struct

EVIDENCE: Final = frozenset(
    {"made", "changed", "using_at", "with_check_at", "body_at", "rls_at", "by_default", "sweeping", "assumed", "origin"}
)
SATELLITES: Final = frozenset({"comment", "grants", "owner"})
_UNORDERED: Final = frozenset({"events", "schemas", "publish", "options", "server_options", "roles"})


@functools.cache
def fields(kind: type[Struct]) -> tuple[str, ...]:
    """The fields that say what a thing is."""
    return tuple(name for name in kind.__struct_fields__ if name not in EVIDENCE)


def same(one: Any, other: Any, *, without: frozenset[str] = SATELLITES) -> bool:
    """Whether two versions of a thing agree in every field but these; `without` holds at any depth."""
    if one is other:
        return True
    if isinstance(one, Struct):
        return type(one) is type(other) and not differing(one, other, without)
    if isinstance(one, tuple) and isinstance(other, tuple) and one and isinstance(one[0], Struct):
        return len(one) == len(other) and all(same(a, b, without=without) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def differing(one: Struct, other: Struct, without: frozenset[str] = SATELLITES) -> list[str]:
    """The fields in which two structs of a type differ."""
    found = []
    for name in fields(type(one)):
        a, b = getattr(one, name), getattr(other, name)
        if name in without or a is b:
            continue
        if name in _UNORDERED or (name == "columns" and getattr(one, "kind", None) == "CHECK"):
            a, b = sorted(a), sorted(b)
        if not same(a, b, without=without):
            found.append(name)
    return found


def named(parts: tuple[Any, ...]) -> dict[str, Any]:
    """Parts of an object by their names."""
    return {part.name: part for part in parts}
