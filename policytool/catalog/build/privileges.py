"""The privileges that a new object comes with."""

from __future__ import annotations

from msgspec.structs import replace

from policytool.catalog.build.acl import Acl, AclKind, built_in
from policytool.catalog.build.state import State
from policytool.catalog.model import Grant
from policytool.catalog.objects import DefaultPrivilege


def initial_grants(state: State, kind: AclKind, schema: str | None, owner: str) -> tuple[Grant, ...]:
    """The privileges on a new object of `owner`: its own, what Postgres gives PUBLIC, and the owner's default ones."""
    cache = state.caches.setdefault("initial_grants", {})
    key = (kind, schema, owner)
    if key not in cache:
        cache[key] = _initial_grants(state, kind, schema, owner)
    grants: tuple[Grant, ...] = cache[key]
    return grants


def _initial_grants(state: State, kind: AclKind, schema: str | None, owner: str) -> tuple[Grant, ...]:
    everywhere = _default(state, owner, None, kind)
    local = _default(state, owner, schema, kind) if schema is not None else None
    grants = built_in(kind, owner, state.major_version)
    if everywhere is None and local is None:
        return grants
    acl = Acl(grants, owner)
    for entry in (everywhere, local):
        if entry is None:
            continue
        for gone in entry.revoked:
            acl.entries.pop((gone.grantee, gone.grantor or owner, gone.privilege, ""), None)
        for grant in entry.grants:
            acl.add(replace(grant, by_default=True))
    # Where nothing is left, not even for the owner, Postgres takes it that there are no defaults (aclmerge).
    return acl.grants() or grants


def _default(state: State, role: str, schema: str | None, kind: AclKind) -> DefaultPrivilege | None:
    for entry in state.default_privileges:
        if entry.role == role and entry.schema == schema and entry.kind == kind:
            return entry
    return None
