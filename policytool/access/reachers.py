"""Which clients reach an object without any policy in between, the widest first, each with what it adds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.access.row_filter import COMMANDS, Command
from policytool.access.wording import verbs, who, width
from policytool.catalog.model import Table, View

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.finding import Related


class Reacher(Struct, frozen=True, kw_only=True):
    """A client and the commands that it has beyond those of wider clients."""

    role: str
    commands: tuple[Command, ...]


def reachers(item: Table | View, access: Access, among: Iterable[Command] = COMMANDS) -> tuple[Reacher, ...]:
    """The clients that reach an exposed object by any of the commands; none where its schema is not exposed."""
    if not access.profile.exposes(item.schema):
        return ()
    wanted, found = tuple(among), []
    seen: set[Command] = set()
    for role in sorted(access.clients, key=width, reverse=True):
        added = tuple(c for c in wanted if c not in seen and access.reach(role, c, item))
        seen.update(added)
        if added:
            found.append(Reacher(role=role, commands=added))
    return tuple(found)


def can_do(found: Iterable[Reacher], what: str) -> str:
    """Anyone with the anonymous key can read every row of t, and any signed-in user insert, …"""
    first, *rest = found
    said = f"{who(first.role)} can {verbs(first.commands)} {what}"
    return said + "".join(f", and {who(r.role)} {verbs(r.commands)}" for r in rest)


def grants_of(found: Iterable[Reacher], item: Table | View, access: Access) -> tuple[Related, ...]:
    """The grants behind it."""
    return tuple(dict.fromkeys(r for one in found for r in access.because(one.role, one.commands, item)))
