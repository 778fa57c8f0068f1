"""What a server knows that is newer than the database that a plan is for, put out of sight."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.objects import Catalog
from policytool.diff.standing import Observed

MAINTAIN: Final = 17  # the major version that brought the privilege
_STORES: Final = ("tables", "views")
_LISTED: Final = re.compile(r"(?P<verb>GRANT|REVOKE) (?P<names>[A-Z, ]+?) ON (?P<kind>TABLES?) ")
_ALL: Final = "SELECT,INSERT,REFERENCES,DELETE,TRIGGER,TRUNCATE,UPDATE"


def as_of(observed: Observed, major: int) -> Observed:
    """What is seen of a database, without what its project's version does not know."""
    if major >= MAINTAIN:
        return observed
    return Observed(catalog=_catalog(observed.catalog), dump=tuple(_entry(entry) for entry in observed.dump))


def _catalog(catalog: Catalog) -> Catalog:
    stores = {
        store: {key: replace(item, grants=_grants(item.grants)) for key, item in getattr(catalog, store).items()}
        for store in _STORES
    }
    defaults = tuple(
        replace(entry, grants=_grants(entry.grants), revoked=_grants(entry.revoked))
        for entry in catalog.default_privileges
    )
    kept = tuple(entry for entry in defaults if entry.grants or entry.revoked)
    return replace(catalog, default_privileges=kept, **stores)


def _grants(grants: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(grant for grant in grants if grant.privilege != "MAINTAIN")


def _entry(entry: str) -> str:
    lines = [_LISTED.sub(_without, line) for line in entry.splitlines()]
    kept = [line for line in lines if not re.match(r".*\b(?:GRANT|REVOKE) {2}ON", line)]
    return "\n".join(sorted(kept) if "GRANT " in entry else kept)


def _without(match: re.Match[str]) -> str:
    names = _ALL if match["names"] == "ALL" else match["names"]
    kept = ",".join(sorted(name for name in names.split(",") if name != "MAINTAIN"))
    return f"{match['verb']} {kept} ON {match['kind']} "
