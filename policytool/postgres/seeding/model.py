"""What is asked of seeding, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from policytool.catalog.model import Name


class Ref(Struct, frozen=True):
    """The value of a column of another row; without a column, that which the foreign key names, else the only key."""

    handle: str
    column: str | None = None


class Wanted(Struct, frozen=True, kw_only=True):
    """A row: what is given of it, as text that its types take, None for null; the rest is made up."""

    table: Name
    handle: str
    given: Mapping[str, str | Ref | None] = field(default_factory=dict)


class Planted(Struct, frozen=True, kw_only=True):
    """A row that is there now: all columns as text, as stored, and its `ctid`. `notes` say what it took."""

    table: Name
    handle: str
    row: dict[str, str | None]
    notes: tuple[str, ...] = ()


class Harvest(Struct, frozen=True, kw_only=True):
    """The rows by handle, for each handle that has none the reason, and the parents that were made up."""

    rows: dict[str, Planted] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    parents: tuple[Planted, ...] = ()


class Unfillable(Exception):
    """No row can be made, and why."""
