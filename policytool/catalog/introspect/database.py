"""A database of the user's as a source: its catalog with what the platform brought, read in one transaction."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.build.platform import Platform, start
from policytool.catalog.introspect import catalog_of
from policytool.catalog.introspect.connection import connected, label
from policytool.catalog.introspect.live import api_schemas, asked, buckets, live_of, notes
from policytool.catalog.introspect.origin import live_platform, marked
from policytool.catalog.introspect.server import asking, everything
from policytool.catalog.objects import Catalog
from policytool.config import PlatformName
from policytool.source.model import Project, ProjectConfig

# Somebody's server has other things to do than to wait for us, and we must not wait behind a migration.
PATIENCE: Final = {"statement_timeout": "60s", "lock_timeout": "5s"}
_ROLES: Final = ("anon", "authenticated", "service_role", "supabase_auth_admin")


class Inspected(Struct, frozen=True, kw_only=True):
    """A database as it was found."""

    project: Project
    catalog: Catalog
    platform: Platform


def inspect(
    source: str,
    *,
    named: PlatformName | None = None,
    why: str = "",
    exposed_schemas: tuple[str, ...] | None = None,
    default_schemas: tuple[str, ...] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Inspected:
    """Read a database. `named` is the platform where it has been said, `exposed_schemas` likewise.

    Raises UsageError for a connection string that is none, Unreachable and Unread for what can go wrong.
    """
    with connected(source) as connection:
        called = label(connection)
        progress(f"reading {called}")
        with asking(connection, _patience(source)) as (major, cursor):
            rows = everything(cursor, major)
            more, failed = asked(cursor, major, rows)
    catalog = catalog_of(major, rows)
    found, reason = _platform(catalog) if named is None else (named, why)
    told = api_schemas(more)
    exposed = exposed_schemas or told or (default_schemas if found != "postgres" else ())
    platform = Platform(name=found, exposed_schemas=exposed, major_version=major, why=reason)
    catalog = marked(catalog, live_platform(catalog, _bootstrap(found, major)))
    catalog = replace(catalog, live=live_of(more), buckets=buckets(more))
    project = Project(
        label=called,
        layout="database",
        files=(),
        notes=tuple(notes(catalog, more, failed)),
        config=ProjectConfig(exposed_schemas=told, major_version=major),
    )
    return Inspected(project=project, catalog=catalog, platform=platform)


@functools.cache
def _bootstrap(name: str, major: int) -> Catalog:
    return start(Platform(name=name, exposed_schemas=(), major_version=major)).catalog(name)


def _patience(source: str) -> dict[str, str]:
    """Our timeouts, but for those that the connection string or PGOPTIONS sets."""
    told = f"{source} {os.environ.get('PGOPTIONS', '')}"
    return {name: value for name, value in PATIENCE.items() if name not in told}


def _platform(catalog: Catalog) -> tuple[PlatformName, str]:
    if "auth" not in catalog.schemas or not set(_ROLES) <= set(catalog.roles):
        return "postgres", "it has none of Supabase's roles and schemas"
    defaults = (d for d in catalog.default_privileges if (d.role, d.schema, d.kind) == ("postgres", "public", "TABLES"))
    if any(grant.grantee == "anon" and grant.privilege == "SELECT" for d in defaults for grant in d.grants):
        return "supabase-legacy", "it has Supabase's roles; new tables are granted to the API roles"
    return "supabase-explicit", "it has Supabase's roles; new tables are not granted to the API roles"
