"""Roles, their attributes and settings, and who is a member of whom."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from policytool.catalog.build import assume, guc
from policytool.catalog.build.dispatch import Handler, Node
from policytool.catalog.build.nodes import elements
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Membership, Role

_ATTRIBUTES = {
    "superuser": "superuser",
    "inherit": "inherit",
    "createrole": "createrole",
    "createdb": "createdb",
    "canlogin": "login",
    "isreplication": "replication",
    "bypassrls": "bypassrls",
}


def known_role(state: State, name: str, location: int | None = None) -> str:
    """A role by its name, assumed where no statement made it."""
    if name in state.roles or name == "public":
        return name
    return assume.role(state, name, location)


def role_of(state: State, spec: Node) -> str:
    """The role that a RoleSpec means; PUBLIC is `public`."""
    match spec.get("roletype", "ROLESPEC_CSTRING"):
        case "ROLESPEC_CSTRING":
            return known_role(state, spec["rolename"], spec.get("location"))
        case "ROLESPEC_SESSION_USER":
            return state.session.user
        case "ROLESPEC_PUBLIC":
            return "public"
    return state.session.role


# Who runs the migrations owns the database; on Supabase an extension, supautils, lets it change what the others own.
_LENT: Final = ("pg_database_owner", "supabase_auth_admin", "supabase_storage_admin")


def is_superuser(state: State, name: str) -> bool:
    """Whether a role may do anything, as whoever sets up a platform may."""
    role = state.roles.get(name)
    return state.origin == "platform" or (role is not None and role.superuser)


def privileges_of(state: State, name: str) -> tuple[str, ...]:
    """The role and those whose privileges it has by inheriting membership, nearest first."""
    cache = state.caches.setdefault("memberships", {})
    if name not in cache:
        lent = _LENT if name == state.default_role else ()
        found = [name, *(owner for owner in lent if owner in state.roles)]
        for member in found:
            found.extend(m.role for m in state.memberships if m.member == member and m.inherit and m.role not in found)
        cache[name] = tuple(found)
    roles: tuple[str, ...] = cache[name]
    return roles


# --- roles ----------------------------------------------------------------------------------------------------------


def _create(state: State, node: Node) -> None:
    name = node["role"]
    if name in state.roles:
        raise Refused("42710", f'role "{name}" already exists')
    if name in ("public", "none") or (name.startswith("pg_") and state.origin is None):
        raise Refused("42939", f'role name "{name}" is reserved')
    login = node.get("stmt_type") == "ROLESTMT_USER"
    options = elements(node.get("options", []))
    state.create("roles", name, replace(Role(name=name, login=login), **_attributes(options)))
    _creator(state, name)
    for option in options:
        for spec in option.get("arg", {}).get("List", {}).get("items", ()):
            other = role_of(state, spec["RoleSpec"])
            match option["defname"]:
                case "addroleto":
                    add_member(state, other, name, {})
                case "rolemembers":
                    add_member(state, name, other, {})
                case "adminmembers":
                    add_member(state, name, other, {"admin": True})


def _creator(state: State, name: str) -> None:
    # Since 16 a creator who is no superuser administers the role that it makes, without inheriting from it.
    creator = state.session.role
    if state.major_version >= 16 and not is_superuser(state, creator):
        add_member(state, name, creator, {"admin": True, "inherit": False, "set": False})


def _attributes(options: list[Node]) -> dict[str, bool]:
    return {
        _ATTRIBUTES[option["defname"]]: option["arg"]["Boolean"].get("boolval", False)
        for option in options
        if option["defname"] in _ATTRIBUTES
    }


def _alter(state: State, node: Node) -> None:
    name = role_of(state, node["role"])
    options = elements(node.get("options", []))
    changes = _attributes(options)
    if changes:
        state.update("roles", name, **changes)
    if "inherit" in changes and state.major_version < 16:
        state.memberships[:] = [
            replace(m, inherit=changes["inherit"]) if m.member == name else m for m in state.memberships
        ]
        state.forget("memberships")
    for option in options:
        if option["defname"] == "rolemembers":
            for spec in option["arg"]["List"]["items"]:
                member = role_of(state, spec["RoleSpec"])
                if node.get("action", 0) > 0:
                    add_member(state, name, member, {})
                else:
                    remove_member(state, name, member, {})


def _set(state: State, node: Node) -> None:
    if "role" not in node:
        return state.record("settings of all roles are not modelled", kind="AlterRoleSetStmt", security=False)
    name = role_of(state, node["role"])
    if "database" in node:
        message = f"settings of role {name} in one database are not modelled"
        return state.record(message, kind="AlterRoleSetStmt", security=False)
    role = state.roles[name]
    settings = guc.applied(state, role.settings, node["setstmt"])
    if settings != role.settings:
        state.update("roles", name, settings=settings)
    return None


# --- memberships ----------------------------------------------------------------------------------------------------


def add_member(state: State, role: str, member: str, options: dict[str, bool]) -> None:
    """GRANT role TO member; options that are not given stay, or are the member's own for a new membership."""
    if role == member or _is_member(state, role, member):
        raise Refused("0LP01", f'role "{role}" is a member of role "{member}"')
    state.forget("memberships")
    for position, known in enumerate(state.memberships):
        if known.role == role and known.member == member:
            state.memberships[position] = replace(known, **options)
            return
    inherits = state.roles[member].inherit if member in state.roles else True
    new = Membership(role=role, member=member, inherit=inherits, made=state.at)
    state.memberships.append(replace(new, **options))


def remove_member(state: State, role: str, member: str, options: dict[str, bool]) -> None:
    """REVOKE role FROM member, or only the options named."""
    state.forget("memberships")
    kept: list[Membership] = []
    for known in state.memberships:
        if (known.role, known.member) != (role, member):
            kept.append(known)
        elif options:
            kept.append(replace(known, **dict.fromkeys(options, False)))
    state.memberships[:] = kept


def _is_member(state: State, member: str, role: str) -> bool:
    reached = [member]
    for name in reached:
        reached.extend(m.role for m in state.memberships if m.member == name and m.role not in reached)
    return role in reached[1:]


def _grant(state: State, node: Node) -> None:
    options = {o["defname"]: o["arg"]["Boolean"].get("boolval", False) for o in elements(node.get("opt", []))}
    members = [role_of(state, spec["RoleSpec"]) for spec in node["grantee_roles"]]
    if "public" in members:
        raise Refused("42704", 'role "public" does not exist')
    change = add_member if node.get("is_grant") else remove_member
    for granted in node["granted_roles"]:
        role = known_role(state, granted["AccessPriv"]["priv_name"])
        _check_admin(state, role)
        for member in members:
            change(state, role, member, options)


def _check_admin(state: State, role: str) -> None:
    """Only a superuser, and whoever has the ADMIN option by inheritance, gives and takes memberships."""
    user = state.session.role
    if is_superuser(state, user):
        return
    held = privileges_of(state, user)
    if state.roles[role].superuser or not any(
        m.role == role and m.admin and m.member in held for m in state.memberships
    ):
        raise Refused("42501", f'permission denied to grant role "{role}"')


HANDLERS: dict[str, Handler] = {
    "CreateRoleStmt": _create,
    "AlterRoleStmt": _alter,
    "AlterRoleSetStmt": _set,
    "GrantRoleStmt": _grant,
}
