"""What no plan of a project can change: Postgres's own roles, and what superusers granted on the platform's objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.objects import Catalog
from policytool.catalog.parity import Difference, identity_of

_PREDEFINED: Final = "pg_"  # reserved for Postgres's own roles
_STORES: Final = ("schemas", "tables", "views", "sequences", "functions")


def with_theirs(before: Catalog, after: Catalog) -> Catalog:
    """AFTER with those roles and grants as they are before."""
    changes: dict[str, dict[Any, Any]] = {}
    if _predefined(before).keys() != _predefined(after).keys():  # another version of Postgres
        own = {name: role for name, role in after.roles.items() if not name.startswith(_PREDEFINED)}
        changes["roles"] = own | _predefined(before)
    for store in _STORES:
        old = getattr(before, store)
        for key, item in getattr(after, store).items():
            was = old.get(key)
            if item.origin != "platform" or was is None or was.grants == item.grants:
                continue
            if set(_theirs(was, after)) != set(_theirs(item, after)):
                changes.setdefault(store, dict(getattr(after, store)))[key] = _kept(was, item, after)
    return replace(after, **changes) if changes else after


def _predefined(catalog: Catalog) -> dict[str, Any]:
    return {name: role for name, role in catalog.roles.items() if name.startswith(_PREDEFINED)}


def _theirs(item: Any, catalog: Catalog) -> Iterator[tuple[Any, ...]]:
    for grant in item.grants:
        if _is_theirs(grant.grantor, catalog):
            yield grant.grantor, grant.grantee, grant.privilege, grant.columns, grant.grantable


def _kept(was: Any, item: Any, catalog: Catalog) -> Any:
    kept = tuple(grant for grant in was.grants if _is_theirs(grant.grantor, catalog))
    own = tuple(grant for grant in item.grants if not _is_theirs(grant.grantor, catalog))
    return replace(item, grants=kept + own)


def is_theirs(found: Difference, catalog: Catalog) -> bool:
    """Whether two catalogs differ in nothing but such a grant."""
    what, _, identity = found.identity.rpartition(" on ")
    if found.kind != "grant" or not _is_theirs(what.rpartition(" by ")[2], catalog):
        return False
    items = (item for store in _STORES for item in getattr(catalog, store).values() if item.origin == "platform")
    return any(identity_of(item) == identity for item in items)


def _is_theirs(grantor: str | None, catalog: Catalog) -> bool:
    role = catalog.roles.get(grantor or "")
    return role is not None and role.superuser and role.origin == "platform"
