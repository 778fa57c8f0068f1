"""What only a server in use can tell: which indexes are read, how full tables are, which extensions are behind."""

from __future__ import annotations

from msgspec import Struct, field

from policytool.catalog.model import Name


class IndexUse(Struct, frozen=True, kw_only=True):
    """How often an index was read, its size, and whether it is being built (or may be: others are not told)."""

    scans: int
    bytes: int
    building: bool = False


class TableUse(Struct, frozen=True, kw_only=True):
    """How often a table was read and written, its size, and how much of that no row takes (None where unknown)."""

    scans: int
    writes: int
    bytes: int
    unused: int | None = None


class Live(Struct, frozen=True, kw_only=True):
    """The statistics of one server. `available` is the version of each extension that it would install today."""

    days: float  # since when statistics are counted, at least
    standby: bool = False
    replicas: int = 0  # whose statistics are not in these
    indexes: dict[Name, IndexUse] = field(default_factory=dict)
    tables: dict[Name, TableUse] = field(default_factory=dict)
    available: dict[str, str] = field(default_factory=dict)
