"""DROP ROLE and DROP OWNED: what binds a database to a role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from policytool.catalog.build.acl import AclKind
from policytool.catalog.build.cascade import drop_parts
from policytool.catalog.build.dispatch import Node
from policytool.catalog.build.grants import Action, apply_all
from policytool.catalog.build.owners import OWNED_KINDS
from policytool.catalog.build.parts import Part
from policytool.catalog.build.roles import role_of
from policytool.catalog.build.state import Refused, State
from policytool.catalog.build.stores import TYPE_KINDS, Kind
from policytool.catalog.model import Name

_ACL_KINDS: dict[str, AclKind] = {
    "schemas": "SCHEMAS",
    "tables": "TABLES",
    "views": "TABLES",
    "sequences": "SEQUENCES",
    "functions": "FUNCTIONS",
    **dict.fromkeys(TYPE_KINDS, "TYPES"),
    "wrappers": "WRAPPERS",
    "servers": "SERVERS",
}


def drop_roles(state: State, node: Node) -> None:
    """DROP ROLE: refused while anything in the database belongs to the role or names it."""
    names: list[str] = []
    for spec in node["roles"]:
        role = spec["RoleSpec"]
        name = role.get("rolename")
        if name is None:
            raise Refused("22023", "cannot use special role specifier in DROP ROLE")
        if name in state.roles:
            names.append(name)
        elif not node.get("missing_ok"):
            raise Refused("42704", f'role "{name}" does not exist')
    for name in names:
        if name in (state.session.role, state.session.user):
            raise Refused("55006", "current user cannot be dropped")
        bound = [*_bound(state, name)]
        if bound:
            named = ", ".join(bound[:5])
            raise Refused("2BP01", f'role "{name}" cannot be dropped because some objects depend on it: {named}')
    for name in names:
        state.remove("roles", name)
        state.memberships[:] = [m for m in state.memberships if name not in (m.role, m.member)]
    state.forget("memberships")


def _bound(state: State, role: str) -> Iterator[str]:
    for kind, key, item in _items(state):
        part = Part(kind, key)
        if item.owner == role:
            yield f"owner of {part}"
        elif any(role in (g.grantee, g.grantor) for g in getattr(item, "grants", ())):
            yield f"privileges for {part}"
        for policy in getattr(item, "policies", ()):
            if role in policy.roles:
                yield f"target of {Part(kind, key, 'policy', policy.name)}"
    for entry in state.default_privileges:
        grants = (*entry.grants, *entry.revoked)
        if entry.role == role or any(role in (g.grantee, g.grantor) for g in grants):
            yield f"default privileges of role {entry.role}"


def _items(state: State) -> Iterator[tuple[Kind, Any, Any]]:
    for kind in OWNED_KINDS:
        for key, item in list(state.store(kind).items()):
            yield kind, key, item


def drop_owned(state: State, node: Node) -> None:
    """DROP OWNED: what the roles own goes, what they were granted is revoked, and policies forget them."""
    roles = [role_of(state, spec["RoleSpec"]) for spec in node["roles"]]
    owned = [Part(kind, key) for kind, key, item in _items(state) if item.owner in roles]
    drop_parts(state, owned, cascade=node.get("behavior") == "DROP_CASCADE")
    for role in roles:
        _revoke_all(state, role)
        for key in list(state.tables):
            _forget_in_policies(state, key, role)
        state.default_privileges[:] = [
            replace(d, grants=tuple(g for g in d.grants if g.grantee != role))
            for d in state.default_privileges
            if d.role != role
        ]
        state.default_privileges[:] = [d for d in state.default_privileges if d.grants or d.revoked]
    state.forget("initial_grants")


def _revoke_all(state: State, role: str) -> None:
    action = Action(grants=False, option=False, cascade=True, grantees=(role,), privileges=None, made=state.at)
    for kind, key, item in _items(state):
        if kind in _ACL_KINDS and any(g.grantee == role for g in item.grants):
            apply_all(state, [(kind, key)], _ACL_KINDS[kind], action)


def _forget_in_policies(state: State, key: Name, role: str) -> None:
    table = state.tables[key]
    if not any(role in policy.roles for policy in table.policies):
        return
    policies = tuple(replace(p, roles=tuple(r for r in p.roles if r != role)) for p in table.policies)
    state.update("tables", key, policies=tuple(p for p in policies if p.roles))
