"""What the steps are written from: the catalog, and what is looked up in it again and again."""

from __future__ import annotations

import functools

from msgspec import Struct

from policytool.catalog.ddl.names import References
from policytool.catalog.ddl.step import Key
from policytool.catalog.model import Column, Name, Sequence, Table
from policytool.catalog.objects import Catalog


class World(Struct, frozen=True, kw_only=True, dict=True):
    """The catalog to make. `bare` are tables and domains whose defaults and constraints come after them."""

    catalog: Catalog
    role: str  # who runs the statements
    major_version: int
    bare: frozenset[Key] = frozenset()

    @functools.cached_property
    def references(self) -> References:
        """Finds what texts name."""
        return References(self.catalog)

    @functools.cached_property
    def identities(self) -> dict[tuple[str, str, str], Sequence]:
        """The sequences of identity columns, by schema, table and column."""
        found = self.catalog.sequences.values()
        return {s.owned_by: s for s in found if s.identity and s.owned_by is not None}

    @functools.cached_property
    def children(self) -> dict[Name, list[Table]]:
        """The tables that inherit from each table; partitions are not among them."""
        found: dict[Name, list[Table]] = {}
        for table in self.catalog.tables.values():
            for parent in table.inherits:
                found.setdefault(parent, []).append(table)
        return found

    @functools.cached_property
    def referencing(self) -> dict[Name, list[Name]]:
        """The tables with a foreign key to each table."""
        found: dict[Name, list[Name]] = {}
        for name, table in self.catalog.tables.items():
            for constraint in table.constraints:
                if constraint.reference is not None:
                    found.setdefault((constraint.reference.schema, constraint.reference.table), []).append(name)
        return found

    @functools.cached_property
    def parents(self) -> frozenset[Name]:
        """The tables that others inherit from."""
        return frozenset(self.children)

    def identity(self, table: Table, column: Column) -> Sequence | None:
        """The sequence of an identity column; a partition has that of its parent."""
        return self.identities.get((table.schema, table.name, column.name))
