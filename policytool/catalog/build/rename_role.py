"""A role's new name, wherever the role stands."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from policytool.catalog.build.owners import OWNED_KINDS
from policytool.catalog.build.state import Refused, State
from policytool.catalog.build.stores import Kind
from policytool.catalog.model import Grant


def rename_role(state: State, old: str, new: str) -> None:
    """ALTER ROLE … RENAME TO: a role is one object, and nothing that names it notices."""
    if new in state.roles:
        raise Refused("42710", f'role "{new}" already exists')
    if old in (state.session.role, state.session.user):
        raise Refused("0A000", "session user cannot be renamed")
    state.rekey("roles", old, new, name=new)

    def name(role: str) -> str:
        return new if role == old else role

    def grant(given: Grant) -> Grant:
        if old not in (given.grantee, given.grantor):
            return given
        return replace(given, grantee=name(given.grantee), grantor=name(given.grantor) if given.grantor else None)

    kinds: tuple[Kind, ...] = OWNED_KINDS
    for kind in kinds:
        for key, item in list(state.store(kind).items()):
            changes = _changes(item, old, new, grant)
            if changes:
                state.replace(kind, key, replace(item, **changes))
    state.memberships[:] = [replace(m, role=name(m.role), member=name(m.member)) for m in state.memberships]
    state.default_privileges[:] = [
        replace(d, role=name(d.role), grants=tuple(map(grant, d.grants)), revoked=tuple(map(grant, d.revoked)))
        for d in state.default_privileges
    ]
    state.forget("memberships")
    state.forget("initial_grants")


def _changes(item: Any, old: str, new: str, grant: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if item.owner == old:
        changes["owner"] = new
    grants = getattr(item, "grants", ())
    if any(old in (g.grantee, g.grantor) for g in grants):
        changes["grants"] = tuple(map(grant, grants))
    if any(old in p.roles for p in getattr(item, "policies", ())):
        changes["policies"] = tuple(
            replace(p, roles=tuple(new if r == old else r for r in p.roles)) for p in item.policies
        )
    return changes
