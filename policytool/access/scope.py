"""Policies that open rows by a condition on the row alone, asking nothing of the person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.access.row_filter import COMMANDS, Command, side_of
from policytool.access.truth import UNKNOWN
from policytool.catalog.model import Policy, Table

if TYPE_CHECKING:
    from policytool.access import Access


class Unscoped(Struct, frozen=True, kw_only=True):
    """A role that reaches, by a command, rows that nothing ties to it; and the policy that lets it."""

    role: str
    command: Command
    policy: Policy


def unscoped(table: Table, access: Access) -> Iterator[Unscoped]:
    """Each command, for the most capable client, with the policies at fault. What is always true has rules of its own."""
    for command in COMMANDS:
        for role in reversed(access.clients):
            if access.row_filter(role, table, command).reach != "conditional" or access.exempt(role, table):
                continue
            for policy in access.applying(role, table, command)[0]:
                if _open(policy, table, command, role, access):
                    yield Unscoped(role=role, command=command, policy=policy)
            break


def _open(policy: Policy, table: Table, command: Command, role: str, access: Access) -> bool:
    says = access.predicate(policy, side_of(command), table)
    return says is not None and access.filters.truth_for(says, role) is UNKNOWN and not says.scoped
