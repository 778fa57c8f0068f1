"""What a platform brought: told by the identities in its own template, or by the names of its schemas and roles."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from policytool.catalog.model import Policy, Table
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
    identities = frozenset((store, key) for store in STORES for key in getattr(template, store))
    return Platform(name=name, identities=identities | frozenset(_policies(template)))


def _policies(catalog: Catalog) -> Iterator[Identity]:
    for key, table in catalog.tables.items():
        for policy in table.policies:
            yield "policies", (key, policy.name)


# What lies in these and belongs to no project's role is the platform's; `public` and what users make are not here.
MANAGED: Final = frozenset(
    {"auth", "storage", "realtime", "_realtime", "_analytics", "extensions", "graphql", "graphql_public", "vault",
     "pgsodium", "pgsodium_masks", "pgbouncer", "supabase_functions", "supabase_migrations", "cron", "net", "pgmq",
     "pgtle", "repack", "tiger", "topology"}
)  # fmt: skip
PROJECT_ROLE: Final = "postgres"
TOOLS: Final = frozenset({"supabase_migrations"})  # what the command line notes there, it notes as the project's role


def live_platform(catalog: Catalog, bootstrap: Catalog) -> Platform:
    """The platform of a live database, whose template nobody has: by its schemas, and by what the bootstrap names."""
    identities = set(platform_of(bootstrap.platform, bootstrap).identities)
    supabase = bootstrap.platform.startswith("supabase")
    for store in STORES:
        for key, item in getattr(catalog, store).items():
            if _predefined(store, item) or (supabase and _of_supabase(store, item)):
                identities.add((store, key))
    return Platform(name=bootstrap.platform, identities=frozenset(identities))


def _predefined(store: str, item: Any) -> bool:
    return store == "roles" and str(item.name).startswith("pg_")


def _of_supabase(store: str, item: Any) -> bool:
    if store == "roles":
        return str(item.name).startswith(("supabase_", "pgsodium_"))
    schema = item.name if store == "schemas" else getattr(item, "schema", None)
    owner = getattr(item, "owner", None)
    if store == "extensions" or schema is None:
        return isinstance(owner, str) and owner.startswith("supabase_")
    return schema in TOOLS or (schema in MANAGED and owner != PROJECT_ROLE)


def marked(catalog: Catalog, platform: Platform) -> Catalog:
    """The catalog with the origin of what the platform brought, and of the policies that came with it."""
    changes: dict[str, dict[Any, Any]] = {}
    for store in STORES:
        changes[store] = {
            key: msgspec.structs.replace(item, origin="platform")
            if item.origin is None and (store, key) in platform.identities
            else item
            for key, item in getattr(catalog, store).items()
        }
    for key, table in changes["tables"].items():
        if table.origin is not None and table.policies:
            policies = tuple(_marked_policy(table, policy, platform) for policy in table.policies)
            changes["tables"][key] = msgspec.structs.replace(table, policies=policies)
    return msgspec.structs.replace(catalog, platform=platform.name, **changes)


def _marked_policy(table: Table, policy: Policy, platform: Platform) -> Policy:
    # No project owns an extension's table: its policies came with it, and the server does not say so.
    if table.origin == "extension":
        return msgspec.structs.replace(policy, origin="extension")
    known = ("policies", ((table.schema, table.name), policy.name)) in platform.identities
    return msgspec.structs.replace(policy, origin="platform") if known else policy
