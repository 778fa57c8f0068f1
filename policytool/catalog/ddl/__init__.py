"""A catalog as the SQL statements that make it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from policytool.catalog.build import build
from policytool.catalog.build.platform import Platform, start
from policytool.catalog.ddl import everything, foundation
from policytool.catalog.ddl.order import Tangled, ordered
from policytool.catalog.ddl.step import HEADINGS, Key, Phase, Step
from policytool.catalog.ddl.world import World
from policytool.catalog.objects import Catalog, Unmodelled
from policytool.source.model import SqlFile

__all__ = ["Phase", "Step", "create", "script", "text"]

ROLE: Final = "postgres"  # who runs migrations


def script(catalog: Catalog, platform: Platform, *, label: str = "", schemas: Collection[str] = ()) -> str:
    """The SQL that makes a catalog on an empty database of its platform, or the part of it in some schemas."""
    steps = create(catalog, platform)
    if schemas:
        steps = tuple(one for one in steps if one.schema in schemas)
    whose = f"-- The schema of {label or 'a catalog'}, to be made by {ROLE} in an empty {platform.family} database."
    head = [_remark(whose)]
    head += _missing(catalog.unmodelled)
    if any(one.key[0] == "function" for one in steps):
        head += ["", "set check_function_bodies = off;"]
    return "\n".join(head) + "\n" + text(steps)


def text(steps: Collection[Step]) -> str:
    """Steps as one text, a heading above each kind."""
    lines: list[str] = []
    phase: Phase | None = None
    last = ""
    for one in steps:
        if one.phase is not phase:
            phase, last = one.phase, ""
            lines += ["", f"-- {HEADINGS[phase]}"]
        for sql in one.sql:
            lines += [""] if "\n" in sql or "\n" in last else []
            lines.append(_remark(sql) if sql.startswith("--") else f"{sql};")
            last = sql
    return "\n".join(lines) + "\n"


def _missing(unmodelled: Collection[Unmodelled]) -> Iterator[str]:
    for item in unmodelled:
        yield _remark(f"-- not in it: {item.location.path}:{item.location.line}: {item.message}")


def _remark(text_: str) -> str:
    # A line feed in a name must not end the comment: what follows it would be run.
    return " ".join(text_.split())


def create(catalog: Catalog, platform: Platform) -> tuple[Step, ...]:
    """The statements that make a catalog in an empty database of its platform, in an order in which they can be run."""
    empty = start(platform).catalog(platform.name)
    first = ordered(foundation.steps(empty, catalog, ROLE))
    # What these leave stands before the user's own objects, the members of extensions among it.
    before = build([SqlFile(path="foundation.sql", text=text(first))], platform).catalog
    bare: frozenset[Key] = frozenset()
    while True:
        world = World(catalog=catalog, role=ROLE, major_version=platform.major_version, bare=bare)
        try:
            return first + ordered(everything.steps(world, before))
        except Tangled as tangled:
            more = frozenset(key for key in tangled.keys if _can_be_bare(catalog, key)) - bare
            if not more:
                raise
            bare |= more


def _can_be_bare(catalog: Catalog, key: Key) -> bool:
    """Whether the defaults and constraints of a thing can come after it."""
    name = (key[1], key[2]) if len(key) > 2 else ("", "")
    return (key[0] == "relation" and name in catalog.tables) or (key[0] == "type" and name in catalog.domains)
