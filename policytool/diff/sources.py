"""The two sides of a diff, read as databases of one platform."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple

from policytool.catalog.build.platform import Platform, start
from policytool.catalog.objects import Catalog
from policytool.diff.hints import hints
from policytool.diff.renames import Rename
from policytool.errors import NothingToAudit
from policytool.source.database import is_database
from policytool.source.snapshot import is_snapshot

EMPTY: Final = "empty"


class Side(NamedTuple):
    """One of them; `loaded` is None where it is `empty`, or holds no statement."""

    label: str
    loaded: Any


Load = Callable[[str, str | None], Any]


def pair(load: Load, before: str, after: str) -> tuple[Side, Side, Platform]:
    """Load both. Where one looks like Supabase's and the other does not, both are taken as Supabase's."""
    sides = _both(load, (before, after))
    platforms = [side.loaded.built.platform for side in sides if side.loaded is not None]
    if not platforms:
        return sides[0], sides[1], Platform(name="postgres", exposed_schemas=())
    chosen = next((p for p in reversed(platforms) if p.family == "supabase"), platforms[-1])
    for number, (side, source) in enumerate(zip(sides, (before, after), strict=True)):
        if side.loaded is not None and side.loaded.built.platform.family != chosen.family:
            sides[number] = _side(load, source, chosen.name)
    return sides[0], sides[1], chosen


def has_files(source: str) -> bool:
    """Whether a side is built from files."""
    return source != EMPTY and not is_database(source) and not is_snapshot(source)


def _both(load: Load, sources: tuple[str, str]) -> list[Side]:
    if not all(map(is_database, sources)):
        return [_side(load, source, None) for source in sources]
    # While one server answers, the other can.
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda source: _side(load, source, None), sources))


def _side(load: Load, source: str, platform: str | None) -> Side:
    if source == EMPTY:
        return Side(EMPTY, None)
    try:
        loaded = load(source, platform)
    except NothingToAudit:
        return Side(source, None)
    return Side(loaded.project.label, loaded)


def catalog(side: Side, platform: Platform) -> Catalog:
    """What a side holds; an empty one what the platform brings."""
    if side.loaded is None:
        return start(platform).catalog(platform.name)
    found: Catalog = side.loaded.built.catalog
    return found


def hints_of(side: Side) -> tuple[Rename, ...]:
    """The renames that a side's comments speak of."""
    return () if side.loaded is None else hints(side.loaded.built.statements, side.loaded.built.catalog)
