"""What one look at a server found, arranged for those who make the model of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from policytool.catalog.introspect.names import ServerNames
from policytool.catalog.introspect.server import Row, Rows
from policytool.catalog.model import Grant, Name, Origin

Relations = dict[int, list[Row]]


class Reading(Struct, frozen=True, kw_only=True):
    """The rows with what nearly every kind of object needs: grants, comments and extensions by catalog and OID."""

    major: int
    rows: Rows
    names: ServerNames
    grants: dict[tuple[str, int], tuple[Grant, ...]]
    comments: dict[tuple[str, int, int], str]
    members: set[tuple[str, int]]

    def comment(self, catalog: str, oid: int, column: int = 0) -> str | None:
        """The comment on an object or one of its columns."""
        return self.comments.get((catalog, oid, column))

    def origin(self, catalog: str, oid: int) -> Origin:
        """Whether an extension brought the object."""
        return "extension" if (catalog, oid) in self.members else None

    def owned(self, catalog: str, row: Row) -> dict[str, Any]:
        """The fields that every object with an owner and grants has."""
        oid = row["oid"]
        return {
            "name": row["name"],
            "owner": row["owner"],
            "grants": self.grants.get((catalog, oid), ()),
            "comment": self.comment(catalog, oid),
            "origin": self.origin(catalog, oid),
        }


def by_relation(rows: Iterable[Row]) -> Relations:
    """Rows by the relation that they belong to."""
    found: Relations = {}
    for row in rows:
        if row["relation"] is not None:
            found.setdefault(row["relation"], []).append(row)
    return found


def name_of(row: Row, field: str = "name", schema: str = "schema") -> Name | None:
    """The qualified name in two fields of a row; None where there is none."""
    return None if row[field] is None else (row[schema], row[field])
