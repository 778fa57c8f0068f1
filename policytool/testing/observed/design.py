"""What a schema means to be open: policies that ask nothing of the person, or no more than that they signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from policytool.access.claims import claim_path
from policytool.access.truth import truth
from policytool.access.visitor import SIGNED_IN
from policytool.syntax.node import walk

if TYPE_CHECKING:
    from policytool.access import Access, Command, Predicate
    from policytool.catalog.model import Table

Node = Mapping[str, Any]


def open_by_design(access: Access, role: str, table: Table, command: Command) -> bool:
    """Whether some policy lets rows through to anybody, in so many words.

    `using (true)` and `using (published)` say so, and so does `auth.uid() is not null` to whoever signed in. A policy
    that asks who it is and then lets a stranger pass does not.
    """
    if not table.rls_enabled or access.exempt(role, table):
        return False
    permissive, _ = access.applying(role, table, command)
    side = "check" if command == "INSERT" else "using"
    says = [access.predicate(policy, "check" if side == "check" else "using", table) for policy in permissive]
    return any(_open(one, access, anonymous=access.anonymous(role)) for one in says if one is not None)


def _open(says: Predicate, access: Access, *, anonymous: bool) -> bool:
    if says.node is None:
        return False
    if not access.helpers.asks_who(says.node):
        return True
    return any(all(_asks_nobody(atom, access, anonymous=anonymous) for atom in one) for one in says.alternatives)


def _asks_nobody(atom: Node, access: Access, *, anonymous: bool) -> bool:
    if not access.helpers.asks_who(atom):
        return True
    if anonymous:  # `auth.role() = 'anon'` is meant; `auth.uid() is null` rarely is
        return any(claim_path({kind: body}) == ("role",) for kind, body in walk(atom))
    return truth(atom, SIGNED_IN, inline=access.helpers.inline) is True
