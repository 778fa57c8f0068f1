"""What a platform brought: told by the identities in its own template, or by the names of its schemas and roles."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import msgspec
from msgspec import Struct

from policytool.catalog.objects import Catalog

Identity = tuple[str, Hashable]  # the field of the catalog that holds it, and its key there

# Every field of the catalog that maps keys to objects with an origin.
STORES: Final = (
    "roles", "schemas", "tables", "views", "sequences", "functions", "enums", "domains", "composites", "ranges",
    "base_types", "extensions", "event_triggers", "publications", "wrappers", "servers", "others",
)  # fmt: skip


class Platform(Struct, frozen=True, kw_only=True):
    """A platform by its name and what was there before the first migration."""

    name: str
    identities: frozenset[Identity]


def platform_of(name: str, template: Catalog) -> Platform:
    """The platform whose template holds nothing but what the platform brings."""
    return Platform(
        name=name, identities=frozenset((store, key) for store in STORES for key in getattr(template, store))
    )


# What lies in these and belongs to no project's role is the platform's; `public` and what users make are not here.
MANAGED: Final = frozenset(
    {"auth", "storage", "realtime", "_realtime", "_analytics", "extensions", "graphql", "graphql_public", "vault",
     "pgsodium", "pgsodium_masks", "pgbouncer", "supabase_functions", "supabase_migrations", "cron", "net", "pgmq",
     "pgtle", "repack", "tiger", "topology"}
)  # fmt: skip
PROJECT_ROLE: Final = "postgres"


def live_platform(catalog: Catalog, bootstrap: Catalog) -> Platform:
    """The platform of a live database, whose template nobody has: by its schemas, and by what the bootstrap names."""
    identities = set(platform_of(bootstrap.platform, bootstrap).identities)
    for store in STORES:
        for key, item in getattr(catalog, store).items():
            schema = item.name if store == "schemas" else getattr(item, "schema", None)
            if schema in MANAGED and getattr(item, "owner", None) != PROJECT_ROLE:
                identities.add((store, key))
    return Platform(name=bootstrap.platform, identities=frozenset(identities))


def marked(catalog: Catalog, platform: Platform) -> Catalog:
    """The catalog with the origin of what the platform brought."""
    changes: dict[str, dict[Any, Any]] = {}
    for store in STORES:
        changes[store] = {
            key: msgspec.structs.replace(item, origin="platform")
            if item.origin is None and (store, key) in platform.identities
            else item
            for key, item in getattr(catalog, store).items()
        }
    return msgspec.structs.replace(catalog, **changes)
