"""Privileges and default privileges of a server."""

from __future__ import annotations

from collections import Counter
from typing import Final, cast

from msgspec.structs import replace

from policytool.catalog.build.acl import Acl, AclKind, all_privileges, built_in, ordered
from policytool.catalog.build.default_privileges import DefaultKind
from policytool.catalog.introspect.server import Row, Rows
from policytool.catalog.model import Grant
from policytool.catalog.objects import DefaultPrivilege

Owners = dict[tuple[str, int], tuple[AclKind, str, str | None]]  # by catalog and OID: kind, owner, schema
EVERYTHING: Final = frozenset(all_privileges("TABLES", 13))
_KINDS: Final[dict[str, DefaultKind]] = {
    "r": "TABLES",
    "S": "SEQUENCES",
    "f": "FUNCTIONS",
    "T": "TYPES",
    "n": "SCHEMAS",
    "L": "LARGE OBJECTS",
}
_SOURCES: Final[tuple[tuple[str, str, AclKind], ...]] = (
    ("tables", "pg_class", "TABLES"),
    ("views", "pg_class", "TABLES"),
    ("sequences", "pg_class", "SEQUENCES"),
    ("functions", "pg_proc", "FUNCTIONS"),
    ("types", "pg_type", "TYPES"),
    ("schemas", "pg_namespace", "SCHEMAS"),
    ("servers", "pg_foreign_server", "SERVERS"),
    ("wrappers", "pg_foreign_data_wrapper", "WRAPPERS"),
)


def default_privileges(rows: list[Row], major: int) -> tuple[DefaultPrivilege, ...]:
    """The entries of pg_default_acl: those without a schema against what Postgres gives by itself."""
    entries: dict[tuple[str, str | None, DefaultKind], list[Grant]] = {}
    for row in rows:
        role = row["role"]
        grants = entries.setdefault((role, row["schema"], _KINDS[row["kind"]]), [])
        if row["grantee"] is not None:
            grants.append(_grant(row, grantor=role))
    found = []
    for (role, schema, kind), grants in entries.items():
        base = built_in(kind, role, major) if schema is None else ()
        before = {(g.grantee, g.privilege) for g in base}
        now = {(g.grantee, g.privilege) for g in grants}
        more = ordered(g for g in grants if g.grantable or (g.grantee, g.privilege) not in before)
        revoked = tuple(g for g in base if (g.grantee, g.privilege) not in now)
        found.append(DefaultPrivilege(role=role, schema=schema, kind=kind, grants=more, revoked=revoked))
    return tuple(found)


def _grant(row: Row, *, grantor: str, by_default: bool = False) -> Grant:
    return Grant(
        grantee=row["grantee"],
        privilege=row["privilege"],
        columns=(row["column"],) if row.get("column") else (),
        grantor=grantor,
        grantable=row["grantable"],
        by_default=by_default,
    )


def grants(rows: Rows, defaults: tuple[DefaultPrivilege, ...], major: int) -> dict[tuple[str, int], tuple[Grant, ...]]:
    """The grants of every object by its catalog and OID."""
    owners = _owners(rows)
    initial = Initial(defaults, major)
    lists: dict[tuple[str, int], Acl] = {}
    for row in rows["grants"]:
        key = (row["catalog"], row["oid"])
        if key not in owners:
            continue
        kind, owner, schema = owners[key]
        by_default = not row["stored"] or _plain(row) in initial.of(kind, owner, schema)
        acl = lists.get(key) or lists.setdefault(key, Acl((), owner))
        acl.add(_grant(row, grantor=row["grantor"], by_default=by_default))
    return {key: swept(owners[key][0], acl.grants()) for key, acl in lists.items()}


def swept(kind: AclKind, grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """The grants, those marked that look like GRANT ALL: a server does not say how somebody came to hold everything."""
    if kind != "TABLES":
        return grants
    held = Counter(grant.grantee for grant in grants if not grant.columns and grant.privilege in EVERYTHING)
    return tuple(
        replace(grant, sweeping=not grant.by_default and held[grant.grantee] >= len(EVERYTHING)) for grant in grants
    )


def _plain(row: Row) -> tuple[str, str, str, bool, bool]:
    return row["grantee"], row["privilege"], row["grantor"], row["grantable"], row["column"] is None


def _owners(rows: Rows) -> Owners:
    return {
        (catalog, row["oid"]): (kind, row["owner"], row.get("schema"))
        for source, catalog, kind in _SOURCES
        for row in rows[source]
    }


class Initial:
    """What an object that its owner makes now would come with."""

    def __init__(self, defaults: tuple[DefaultPrivilege, ...], major: int) -> None:
        self._entries = {(entry.role, entry.schema, entry.kind): entry for entry in defaults}
        self._major = major
        self._known: dict[tuple[AclKind, str, str | None], frozenset[tuple[str, str, str, bool, bool]]] = {}

    def of(self, kind: AclKind, owner: str, schema: str | None) -> frozenset[tuple[str, str, str, bool, bool]]:
        key = (kind, owner, schema)
        if key not in self._known:
            self._known[key] = self._made(kind, owner, schema)
        return self._known[key]

    def _made(self, kind: AclKind, owner: str, schema: str | None) -> frozenset[tuple[str, str, str, bool, bool]]:
        acl = Acl(built_in(kind, owner, self._major), owner)
        for place in dict.fromkeys((None, schema)):
            entry = self._entries.get((owner, place, cast("DefaultKind", kind)))
            if entry is None:
                continue
            for gone in entry.revoked:
                acl.entries.pop((gone.grantee, owner, gone.privilege, ""), None)
            for grant in entry.grants:
                acl.add(grant)
        return frozenset((g.grantee, g.privilege, g.grantor or owner, g.grantable, True) for g in acl.grants())
