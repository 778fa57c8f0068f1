"""The catalog of a live server, PostgreSQL 13 to 18: the very same model that the builder makes from statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policytool.catalog.introspect import others, relations, routines, types
from policytool.catalog.introspect.columns import Columns
from policytool.catalog.introspect.grants import default_privileges, grants
from policytool.catalog.introspect.names import ServerNames
from policytool.catalog.introspect.origin import Platform, marked
from policytool.catalog.introspect.parts import Parts
from policytool.catalog.introspect.reading import Reading
from policytool.catalog.introspect.server import Rows, read
from policytool.catalog.objects import Catalog, Unmodelled
from policytool.syntax.location import Location
from policytool.syntax.parse import collector_paused

if TYPE_CHECKING:
    import psycopg

__all__ = ["catalog_of", "introspect"]


def introspect(connection: psycopg.Connection[Any], *, platform: Platform | None = None) -> Catalog:
    """Read the catalog of the database that an idle connection is connected to, in one read-only transaction.

    `platform` says what the platform brought before any migration; without it, everything is the user's own.
    """
    catalog = catalog_of(*read(connection))
    return marked(catalog, platform) if platform is not None else catalog


def catalog_of(major: int, rows: Rows) -> Catalog:
    """The catalog that the rows of `sql/introspect/` make, in which everything is the user's own."""
    with collector_paused():
        defaults = default_privileges(rows["default_privileges"], major)
        reading = Reading(
            major=major,
            rows=rows,
            names=ServerNames(rows),
            grants=grants(rows, defaults, major),
            comments={(row["catalog"], row["oid"], row["column"]): row["comment"] for row in rows["comments"]},
            members={(row["catalog"], row["oid"]) for row in rows["members"]},
        )
        columns, parts = Columns(reading), Parts(reading)
        return Catalog(
            roles=others.roles(reading),
            memberships=others.memberships(reading),
            schemas=others.schemas(reading),
            tables=relations.tables(reading, columns, parts),
            views=relations.views(reading, columns, parts),
            sequences=relations.sequences(reading),
            functions=routines.functions(reading),
            enums=types.enums(reading),
            domains=types.domains(reading),
            composites=types.composites(reading, columns),
            ranges=types.ranges(reading),
            base_types=types.base_types(reading),
            extensions=others.extensions(reading),
            event_triggers=others.event_triggers(reading),
            publications=others.publications(reading),
            wrappers=others.wrappers(reading),
            servers=others.servers(reading),
            others=others.others(reading),
            default_privileges=defaults,
            unmodelled=tuple(_unmodelled(row["kind"], row["message"]) for row in rows["unmodelled"]),
        )


def _unmodelled(kind: str, message: str) -> Unmodelled:
    place = Location(path="pg_catalog", line=1, column=1, end_line=1, end_column=1)
    return Unmodelled(location=place, kind=kind, message=f"the catalog does not hold {message}", security=False)
