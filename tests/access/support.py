"""Catalogs and access for tests, from SQL given as text."""

from __future__ import annotations

from typing import Any

from policytool.access import Access, Conventions, make_profile
from policytool.catalog.model import Table
from tests.catalog.build.support import built

EXPOSED = ("public", "graphql_public")


def access_to(sql: str, platform: str = "supabase-explicit", **profile: Any) -> Access:
    """What clients may do after these statements."""
    catalog = built(sql, platform)
    family = platform.partition("-")[0]
    exposed = EXPOSED if family == "supabase" else None
    made = make_profile(catalog, family, exposed_schemas=exposed, **profile)
    return Access(catalog, made, Conventions())


def table_of(access: Access, name: str, schema: str = "public") -> Table:
    """A table by its name."""
    return access.catalog.tables[schema, name]
