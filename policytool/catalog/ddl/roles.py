"""Roles, their settings, and who is a member of whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policytool.catalog.ddl import words
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.model import Membership, Role
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier

_ATTRIBUTES: Final = ("superuser", "inherit", "createrole", "createdb", "login", "replication", "bypassrls")
_PLAIN: Final = Role(name="")


def create(role: Role) -> str:
    """CREATE ROLE."""
    return " ".join([f"create role {identifier(role.name)}", *_attributes(_PLAIN, role)])


def _attributes(before: Role, after: Role) -> Iterator[str]:
    for name in _ATTRIBUTES:
        if getattr(before, name) != getattr(after, name):
            yield name if getattr(after, name) else f"no{name}"


def alter(before: Role, after: Role) -> Iterator[str]:
    """ALTER ROLE, for attributes and settings."""
    attributes = " ".join(_attributes(before, after))
    head = f"alter role {identifier(after.name)}"
    if attributes:
        yield f"{head} {attributes}"
    names = {entry.partition("=")[0] for entry in after.settings}
    for entry in before.settings:
        name = entry.partition("=")[0]
        if name not in names:
            yield f"{head} reset {name}"
    for entry in after.settings:
        if entry not in before.settings:
            yield f"{head} set {words.setting(entry)}"


def steps(before: Catalog, after: Catalog) -> Iterator[Step]:
    """The roles that are not there yet, what has changed of those that are, and the memberships."""
    for name in sorted(after.roles):
        role, old = after.roles[name], before.roles.get(name)
        sql = list(alter(old, role)) if old is not None else [create(role), *alter(_like(role), role)]
        if sql:
            yield step(Phase.ROLES, ("role", name), *sql)
    old_members = {(m.role, m.member): m for m in before.memberships}
    new_members = {(m.role, m.member): m for m in after.memberships}
    for pair, membership in new_members.items():
        if _differs(old_members.get(pair), membership):
            needs = frozenset({("role", pair[0]), ("role", pair[1])})
            sql = [grant(membership, after.roles.get(membership.member), old_members.get(pair))]
            yield step(Phase.ROLES, ("membership", *pair), *sql, needs=needs)
    for pair in old_members.keys() - new_members.keys():
        if pair[0] in after.roles and pair[1] in after.roles:
            sql = [f"revoke {identifier(pair[0])} from {identifier(pair[1])}"]
            yield step(Phase.ROLES, ("membership", *pair), *sql)


def _like(role: Role) -> Role:
    """The role as CREATE ROLE leaves it: with its attributes and no settings."""
    return Role(**{name: getattr(role, name) for name in ("name", *_ATTRIBUTES)})


def _differs(old: Membership | None, new: Membership) -> bool:
    return old is None or (old.admin, old.inherit, old.set) != (new.admin, new.inherit, new.set)


def grant(membership: Membership, member: Role | None, before: Membership | None = None) -> str:
    """GRANT role TO member, with the options that are not what it gives by itself; of one that stands, what changes."""
    given = before or Membership(
        role=membership.role, member=membership.member, inherit=member.inherit if member is not None else True
    )
    options = [
        f"{option} {str(getattr(membership, option)).lower()}"
        for option in ("admin", "inherit", "set")
        if getattr(membership, option) != getattr(given, option)
    ]
    text = f"grant {identifier(membership.role)} to {identifier(membership.member)}"
    return f"{text} with {', '.join(options)}" if options else text
