"""ALTER DEFAULT PRIVILEGES: what objects made later will come with."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from policytool.catalog.build.acl import PUBLIC, Acl, all_privileges, built_in
from policytool.catalog.build.dispatch import Handler, Node
from policytool.catalog.build.grants import Action, read_action
from policytool.catalog.build.nodes import elements, strings
from policytool.catalog.build.roles import is_superuser, privileges_of, role_of
from policytool.catalog.build.state import Refused, State
from policytool.catalog.build.targets import named
from policytool.catalog.model import Grant
from policytool.catalog.objects import DefaultPrivilege
from policytool.syntax.location import Location

DefaultKind = Literal["TABLES", "SEQUENCES", "FUNCTIONS", "TYPES", "SCHEMAS", "LARGE OBJECTS"]

_KINDS: dict[str, DefaultKind] = {
    "OBJECT_TABLE": "TABLES",
    "OBJECT_SEQUENCE": "SEQUENCES",
    "OBJECT_FUNCTION": "FUNCTIONS",
    "OBJECT_TYPE": "TYPES",
    "OBJECT_SCHEMA": "SCHEMAS",
    "OBJECT_LARGEOBJECT": "LARGE OBJECTS",
}


def _alter(state: State, node: Node) -> None:
    roles: list[str] = [state.session.role]
    schemas: list[str | None] = [None]
    for option in elements(node.get("options", [])):
        members = option["arg"]["List"]["items"]
        if option["defname"] == "roles":
            roles = [role_of(state, spec["RoleSpec"]) for spec in members]
        elif option["defname"] == "schemas":
            schemas = [named(state, "schemas", name, "OBJECT_SCHEMA") for name in strings(members)]
    action = read_action(state, node["action"])
    kind = _KINDS[node["action"]["objtype"]]
    if schemas != [None] and kind in ("SCHEMAS", "LARGE OBJECTS"):
        raise Refused("0LP01", f"cannot use IN SCHEMA clause when using GRANT/REVOKE ON {kind}")
    if action.grants and action.option and PUBLIC in action.grantees:
        raise Refused("0LP01", "grant options can only be granted to roles")
    known = all_privileges(kind, state.major_version)
    for privilege in action.privileges or ():
        if privilege not in known:
            raise Refused("0LP01", f"invalid privilege type {privilege} for {kind.lower()}")
    for role in roles:
        if not _may_change(state, state.session.role, role):
            raise Refused("42501", "permission denied to change default privileges")
        for schema in schemas:
            change(state, role, schema, kind, action)


def _may_change(state: State, user: str, role: str) -> bool:
    # Who runs the migrations is let change those of the platform's roles.
    return user == state.default_role or is_superuser(state, user) or role in privileges_of(state, user)


def change(state: State, role: str, schema: str | None, kind: DefaultKind, action: Action) -> None:
    """Change the entry of one role (SetDefaultACL): a global one starts from the built-in one."""
    position = _position(state, role, schema, kind)
    old = state.default_privileges[position] if position is not None else None
    base = built_in(kind, role, state.major_version) if schema is None else ()
    acl = Acl(_stored(old, base), role)
    for privilege in action.privileges if action.privileges is not None else all_privileges(kind, state.major_version):
        for grantee in action.grantees:
            if action.grants:
                acl.grant(grantee, role, privilege, option=action.option, made=action.made)
            else:
                acl.revoke(grantee, role, privilege, option_only=action.option, cascade=action.cascade)
    _store(state, position, _entry(acl, base, schema, kind, old, action.made))
    state.forget("initial_grants")


def _stored(entry: DefaultPrivilege | None, base: tuple[Grant, ...]) -> tuple[Grant, ...]:
    if entry is None:
        return base
    gone = {(g.grantee, g.privilege) for g in entry.revoked}
    return tuple(g for g in base if (g.grantee, g.privilege) not in gone) + entry.grants


def _entry(
    acl: Acl,
    base: tuple[Grant, ...],
    schema: str | None,
    kind: DefaultKind,
    old: DefaultPrivilege | None,
    made: Location | None,
) -> DefaultPrivilege | None:
    role = acl.owner
    before = {(g.grantee, g.privilege): g for g in base}
    after = acl.grants()
    now = {(g.grantee, g.privilege) for g in after}
    # A GRANT of what Postgres gives anyway adds nothing, unless it may be passed on.
    grants = tuple(g for g in after if g.grantable or (g.grantee, g.privilege) not in before)
    known = {(g.grantee, g.privilege): g for g in old.revoked} if old is not None else {}
    revoked = tuple(known.get(key) or replace(g, made=made) for key, g in before.items() if key not in now)
    if not grants and not revoked:
        return None
    if old is not None and old.grants == grants and old.revoked == revoked:
        return old
    return DefaultPrivilege(role=role, schema=schema, kind=kind, grants=grants, revoked=revoked, made=made)


def _store(state: State, position: int | None, entry: DefaultPrivilege | None) -> None:
    entries = state.default_privileges
    if position is None:
        if entry is not None:
            entries.append(entry)
    elif entry is None:
        del entries[position]
    else:
        entries[position] = entry


def _position(state: State, role: str, schema: str | None, kind: DefaultKind) -> int | None:
    for position, entry in enumerate(state.default_privileges):
        if (entry.role, entry.schema, entry.kind) == (role, schema, kind):
            return position
    return None


HANDLERS: dict[str, Handler] = {"AlterDefaultPrivilegesStmt": _alter}
