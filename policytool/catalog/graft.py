"""The catalog of a server with the places of the statements behind it, taken by identity from one built of files."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.model import Grant, Index, Table
from policytool.catalog.objects import Catalog

Line = tuple[str, int]  # path, line
S = TypeVar("S", bound=Struct)
# Fields that are evidence, and the one that has to be the same on both sides for them to tell the truth.
_EVIDENCE: Final = {
    "made": None,
    "changed": None,
    "rls_at": "rls_enabled",
    "using_at": "using",
    "with_check_at": "with_check",
    "body_at": "body",
}
_STORES: Final = (
    "roles", "schemas", "tables", "views", "sequences", "functions", "enums", "domains", "composites", "ranges",
    "base_types", "extensions", "event_triggers", "publications", "wrappers", "servers", "others",
)  # fmt: skip
_PARTS: Final = ("columns", "constraints", "indexes", "policies", "triggers", "rules")


def grafted(real: Catalog, built: Catalog, left_out: Collection[Line] = ()) -> Catalog:
    """The server's catalog, each object with what the built one knows of its origin in the files.

    `left_out` are the lines of indexes that the server could not hold: these are taken as built. So are buckets, whose
    rows are no part of a catalog.
    """
    stores = {
        store: {key: _object(item, getattr(built, store).get(key)) for key, item in getattr(real, store).items()}
        for store in _STORES
    }
    for key, table in stores["tables"].items():
        indexes = _missing(table, built.tables.get(key), left_out) if left_out else ()
        if indexes:
            stores["tables"][key] = replace(table, indexes=(*table.indexes, *indexes))
    members = {(m.role, m.member): m.made for m in built.memberships}
    defaults = {(d.role, d.schema, d.kind): d for d in built.default_privileges}
    return replace(
        real,
        memberships=tuple(replace(m, made=members.get((m.role, m.member))) for m in real.memberships),
        default_privileges=tuple(
            _default(d, defaults.get((d.role, d.schema, d.kind))) for d in real.default_privileges
        ),
        buckets=built.buckets,
        **stores,
    )


def _missing(table: Table, known: Table | None, left_out: Collection[Line]) -> tuple[Index, ...]:
    held = {index.name for index in table.indexes}
    candidates = (i for i in known.indexes if i.name not in held and i.made) if known is not None else ()
    return tuple(i for i in candidates if i.made is not None and (i.made.path, i.made.line) in left_out)


def _object(item: Any, known: Any) -> Any:
    if known is None:
        return item
    changes: dict[str, Any] = {}
    for field in _PARTS:
        parts = getattr(item, field, ())
        if parts:
            by_name = {part.name: part for part in getattr(known, field)}
            changes[field] = tuple(_with(part, by_name.get(part.name)) for part in parts)
    if getattr(item, "grants", ()):
        changes["grants"] = _grants(item.grants, known.grants)
    if hasattr(item, "tables"):
        listed = {(t.schema, t.table): t for t in known.tables}
        changes["tables"] = tuple(_with(t, listed.get((t.schema, t.table))) for t in item.tables)
    return replace(_with(item, known), **changes)


def _with(item: S, known: Any) -> S:
    """The item with the evidence of the known one."""
    if known is None:
        return item
    changes = {
        field: getattr(known, field)
        for field, same in _EVIDENCE.items()
        if field in item.__struct_fields__ and (same is None or getattr(item, same) == getattr(known, same))
    }
    return replace(item, **changes) if changes else item


def _grants(grants: tuple[Grant, ...], known: tuple[Grant, ...]) -> tuple[Grant, ...]:
    found = {_key(grant): grant for grant in known}
    return tuple(
        replace(grant, made=old.made, by_default=old.by_default, sweeping=old.sweeping)
        if (old := found.get(_key(grant))) is not None
        else grant
        for grant in grants
    )


def _key(grant: Grant) -> tuple[str, str, bool]:
    return grant.grantee, grant.privilege, bool(grant.columns)


def _default(entry: Any, known: Any) -> Any:
    if known is None:
        return entry
    return replace(
        entry,
        made=known.made,
        grants=_grants(entry.grants, known.grants),
        revoked=_grants(entry.revoked, known.revoked),
    )
