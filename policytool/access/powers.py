"""Roles that no client should be able to act as, and the logins through which clients come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policytool.access.profile import SUPABASE_TRUSTED
from policytool.catalog.model import Membership, Role

if TYPE_CHECKING:
    from policytool.access import Access

# The predefined roles that reach past what is granted (manual, section 21.5).
PREDEFINED = {
    "pg_read_all_data": "reads every table and may use every schema",
    "pg_write_all_data": "writes every table and may use every schema",
    "pg_execute_server_program": "runs programs on the server",
    "pg_read_server_files": "reads any file of the server",
    "pg_write_server_files": "writes any file of the server",
}
_SEED = frozenset({"anon", "authenticated", "service_role"})  # what the REST API's login becomes, by a signed token


def gateways(access: Access) -> tuple[str, ...]:
    """Logins that become clients by SET ROLE, as PostgREST's authenticator does."""
    entered = {m.member for m in access.catalog.memberships if m.role in access.clients}
    roles = (access.catalog.roles.get(name) for name in sorted(entered))
    return tuple(r.name for r in roles if r is not None and r.login and _low(r))


def _low(role: Role) -> bool:
    return role.name == "authenticator" or not (role.superuser or role.bypassrls or role.name in SUPABASE_TRUSTED)


def memberships(access: Access) -> Iterator[Membership]:
    """Those of clients and their logins, apart from what makes them such, and what every platform of the kind has."""
    doors = gateways(access)
    for membership in access.catalog.memberships:
        if not (membership.inherit or membership.set) or membership.role in access.clients:
            continue
        if membership.member in access.clients or (membership.member in doors and membership.role not in _SEED):
            yield membership


def power(name: str, access: Access) -> str | None:
    """What a role can do that no client should, as the end of "which …"; None for an ordinary role."""
    if name in PREDEFINED:
        return PREDEFINED[name]
    role = access.catalog.roles.get(name)
    if role is not None and role.superuser:
        return "is a superuser"
    owned = sorted(f"{t.schema}.{t.name}" for t in access.catalog.tables.values() if t.owner == name)
    if role is not None and role.bypassrls:
        return "is bound by no policy"
    if owned:
        more = f" and {len(owned) - 1} more" if len(owned) > 1 else ""
        return f"owns {owned[0]}{more}"
    return "is one of the platform's own" if name in SUPABASE_TRUSTED else None


def ways_round(start: str, access: Access) -> Iterator[tuple[str, ...]]:
    """The shortest way by SET ROLE from a role to each that no policy binds, by at least one role in between."""
    doors = frozenset((*access.clients, *gateways(access)))
    edges: dict[str, list[str]] = {}
    for membership in access.catalog.memberships:
        if membership.set:
            edges.setdefault(membership.member, []).append(membership.role)
    todo: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for path in todo:
        for role in edges.get(path[-1], ()):
            if role in seen or role in doors:
                continue
            seen.add(role)
            todo.append((*path, role))
            if len(path) > 1 and access.privileges.bypasses_rls(role):
                yield (*path, role)
