"""A state that begins with a catalog that is there already, to fold further statements onto."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.platform import Platform
from policytool.catalog.build.state import State
from policytool.catalog.build.stores import Kind
from policytool.catalog.objects import Catalog


def begin(catalog: Catalog, platform: Platform, *, role: str = "postgres") -> State:
    """The state that a build of the catalog would have ended in, with a new session of the role."""
    supabase = platform.family == "supabase"
    state = State(
        role=role,
        search_path=("$user", "public", "extensions") if supabase else ("$user", "public"),
        major_version=platform.major_version,
    )
    kinds: tuple[Any, ...] = Kind.__args__  # type: ignore[attr-defined]
    for kind in kinds:
        store = state.store(kind)
        for key, item in getattr(catalog, kind).items():
            store[key] = item
            state._index(kind, key, None, item)
    state.memberships[:] = catalog.memberships
    state.default_privileges[:] = catalog.default_privileges
    return state
