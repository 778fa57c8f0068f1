"""A part of a catalog: what is in some of its schemas."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.objects import Catalog, Publication

_BY_NAME: Final = (
    "tables", "views", "sequences", "functions", "enums", "domains", "composites", "ranges", "base_types",
)  # fmt: skip


def of_schemas(catalog: Catalog, schemas: Collection[str]) -> Catalog:
    """The objects of these schemas; roles, memberships and what could not be modelled stay, nothing else does."""
    kept: dict[str, Any] = {
        field: {key: item for key, item in getattr(catalog, field).items() if key[0] in schemas} for field in _BY_NAME
    }
    return Catalog(
        platform=catalog.platform,
        roles=catalog.roles,
        memberships=catalog.memberships,
        schemas={name: schema for name, schema in catalog.schemas.items() if name in schemas},
        others={key: item for key, item in catalog.others.items() if key[1] in schemas},
        extensions={name: item for name, item in catalog.extensions.items() if item.schema in schemas},
        publications=_publications(catalog, schemas),
        default_privileges=tuple(d for d in catalog.default_privileges if d.schema in schemas),
        unmodelled=catalog.unmodelled,
        **kept,
    )


def _publications(catalog: Catalog, schemas: Collection[str]) -> dict[str, Publication]:
    """The publications of tables in these schemas, with those tables only."""
    found = {}
    for name, publication in catalog.publications.items():
        tables = tuple(t for t in publication.tables if t.schema in schemas)
        whole = tuple(s for s in publication.schemas if s in schemas)
        if tables or whole:
            found[name] = replace(publication, tables=tables, schemas=whole)
    return found
