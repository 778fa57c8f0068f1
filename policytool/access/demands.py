"""What the policies of a table demand of an ordinary user, one alternative at a time, and of which columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policytool.access.binding import Binder, Facts
from policytool.access.predicate import row_columns
from policytool.access.row_filter import Command, Side
from policytool.access.truth import truth
from policytool.access.visitor import SIGNED_IN
from policytool.catalog.model import Policy, Table

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]


class Demand(Struct, frozen=True, kw_only=True):
    """One alternative of a policy that a signed-in user can meet without being anybody special."""

    policy: Policy
    atoms: tuple[Node, ...]
    facts: Facts
    columns: frozenset[str]  # of the row, wherever they are mentioned
    whole: bool  # the row as a whole is handed to something

    def own(self) -> frozenset[str]:
        """The columns that must be the user's own."""
        return frozenset(b.column for b in self.facts.bindings if b.kind == "own")

    def tenant(self) -> frozenset[str]:
        """The columns that must be of something the user belongs to."""
        return frozenset(b.column for b in self.facts.bindings if b.kind == "tenant")

    def asks(self, column: str) -> bool:
        """Whether it looks at a column in any way."""
        return self.whole or column in self.columns


def demands(policy: Policy, side: Side, table: Table, access: Access) -> tuple[Demand, ...] | None:
    """The alternatives of one policy for existing (`using`) or new rows (`check`); None where they cannot be told."""
    says = access.predicate(policy, side, table)
    if says is None:
        return ()
    binder = Binder(access.helpers, frozenset(c.name for c in table.columns if c.not_null))
    found = None if says.node is None else binder.branches(says.node)
    if found is None:
        return None
    return tuple(_ordinary(policy, found, binder, table, access))


def _ordinary(
    policy: Policy, branches: tuple[tuple[Node, ...], ...], binder: Binder, table: Table, access: Access
) -> Iterator[Demand]:
    names = {c.name for c in table.columns}
    for branch in branches:
        facts = binder.facts(branch, SIGNED_IN)
        if facts.dead or facts.gated:
            continue
        inline = access.helpers.inline
        atoms = tuple(a for a in branch if truth(a, SIGNED_IN, not_null=binder.not_null, inline=inline) is not True)
        columns = frozenset(c for atom in atoms for c in row_columns(atom))
        whole = bool(columns & {"*", table.name} - names)
        yield Demand(policy=policy, atoms=atoms, facts=facts, columns=columns, whole=whole)


def new_rows(table: Table, role: str, command: Command, access: Access) -> tuple[Demand, ...] | None:
    """The ways in which an ordinary user may write a row by INSERT or UPDATE, as far as the new row is asked about.

    Restrictive policies are demanded of each. () where there is none, None where that cannot be told.
    """
    permissive, restrictive = access.applying(role, table, command)
    ways: list[Demand] = []
    for policy in permissive:
        found = demands(policy, "check", table, access)
        if found is None:
            return None
        if command == "UPDATE" and found:
            before = demands(policy, "using", table, access)
            found = found if before is None or before else ()
        ways.extend(found)
    for policy in restrictive:
        limits = demands(policy, "check", table, access)
        if limits is None or access.predicate(policy, "check", table) is None:
            continue
        ways = [_both(way, limit) for way in ways for limit in limits]
    return tuple(ways)


def _both(way: Demand, limit: Demand) -> Demand:
    facts = Facts(bindings=way.facts.bindings | limit.facts.bindings, empty=way.facts.empty | limit.facts.empty)
    return Demand(
        policy=way.policy,
        atoms=(*way.atoms, *limit.atoms),
        facts=facts,
        columns=way.columns | limit.columns,
        whole=way.whole or limit.whole,
    )
