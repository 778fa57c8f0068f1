"""Clients that may write rows and may not read any."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.access.row_filter import Command
from policytool.catalog.model import Policy, Table

if TYPE_CHECKING:
    from policytool.access import Access


class Unread(Struct, frozen=True, kw_only=True):
    """A policy lets a role write what it reads nothing of. `granted`: it is policies that keep it from reading."""

    role: str
    command: Command
    policy: Policy
    granted: bool


def unread(table: Table, commands: Iterable[Command], access: Access) -> tuple[Unread, ...]:
    """The policies by which some client writes, where no client that passes by them reads a row."""
    if not table.rls_enabled or not access.profile.exposes(table.schema):
        return ()
    blind: list[Unread] = []
    works: set[tuple[Command, str]] = set()
    for role in access.clients:
        writes = [(c, f.permissive) for c in commands if (f := access.row_filter(role, table, c)).reach != "none"]
        if not writes:
            continue
        if access.row_filter(role, table, "SELECT").reach != "none":
            works.update((command, p.name) for command, policies in writes for p in policies)
            continue
        granted = access.reach(role, "SELECT", table)
        found = ((command, p) for command, policies in writes for p in policies)
        blind += [Unread(role=role, command=command, policy=p, granted=granted) for command, p in found]
    return tuple(b for b in blind if (b.command, b.policy.name) not in works)
