"""Columns of power that users can write in rows of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.access.demands import Demand, new_rows
from policytool.access.identity import unique_column
from policytool.access.memberships import enrolments, membership, promotions
from policytool.access.privileged import Sort, consulted, decides, ranked, sort_of, words
from policytool.access.row_filter import Command
from policytool.access.trigger_guards import made_at_signup, watched
from policytool.catalog.model import Column, Policy, Table

if TYPE_CHECKING:
    from policytool.access import Access

_FORMS = frozenset(
    {"draft", "drafts", "onboarding", "preferences", "settings", "analytics", "application", "survey", "form",
     "applications", "request", "requests", "forms", "session", "sessions"}
)  # fmt: skip


class Writable(Struct, frozen=True, kw_only=True):
    """A column that a role can write as it likes, in a row of its own, by a policy.

    `decides`: a policy goes by the column; `serious`: whoever writes it gains by it, for all that the schema shows.
    """

    column: str
    role: str
    command: Command
    policy: Policy
    decides: bool
    serious: bool


def writable(table: Table, access: Access) -> Iterator[Writable]:
    """The columns, by UPDATE; by INSERT alone where a user makes the row, and not a trigger at signup."""
    if not table.rls_enabled or table.assumed or table.partition_of is not None:
        return
    candidates = [(c, sort) for c in table.columns if c.generated is None and (sort := sort_of(c.name)) is not None]
    if not candidates:
        return
    seen = _as_members(table, access)
    commands: tuple[Command, ...] = ("UPDATE", "INSERT")
    signed_in = [r for r in access.clients if not access.anonymous(r)]
    for role in signed_in or access.clients:  # nobody's row is an anonymous visitor's own
        for command in commands if not access.exempt(role, table) else ():
            left = [c for c in candidates if c[0].name not in seen and access.can(role, command, table, c[0].name)]
            for found in _by(table, left, role, command, access):
                seen.add(found.column)
                yield found


def _by(
    table: Table, candidates: list[tuple[Column, Sort]], role: str, command: Command, access: Access
) -> Iterator[Writable]:
    if not candidates or not access.reach(role, command, table):
        return
    ways = [(w, mine) for w in new_rows(table, role, command, access) or () if (mine := _mine(w, table, access))]
    personal = any(unique_column(table, c) for _, mine in ways for c in mine)
    if not ways or (command == "INSERT" and personal and made_at_signup(table, access)):
        return
    watch = watched(table, command, access)
    for column, sort in candidates:
        alone = sort in ("power", "role") and not personal  # a row that is tied to more is somebody's place in it
        free = [w for w, mine in ways if not w.asks(column.name) and not (alone and w.columns - mine)]
        if not free or watch.over(column.name):
            continue
        by_policy = decides(table, column.name, access)
        judged = _judge(table, column, sort, personal, by_policy, access)
        if judged is not None:
            policy = free[0].policy
            yield Writable(
                column=column.name, role=role, command=command, policy=policy, decides=by_policy, serious=judged
            )


def _as_members(table: Table, access: Access) -> set[str]:
    """The ranks of members that users can write: they are the business of the rules on memberships."""
    found = membership(table, access)
    entries = (*enrolments(found, access), *promotions(found, access)) if found is not None else ()
    return {rank for entry in entries for rank in entry.ranks}


def _mine(way: Demand, table: Table, access: Access) -> frozenset[str]:
    """The columns that must be the user, and not something of the user's."""
    compared: set[str] = set()
    for side in ("using", "check"):
        says = access.predicate(way.policy, "using" if side == "using" else "check", table)
        compared |= says.compared if says is not None else frozenset()
    return way.own() & compared


def _judge(table: Table, column: Column, sort: Sort, personal: bool, by_policy: bool, access: Access) -> bool | None:
    """Whether it is serious (an error), or not quite (a warning); None where the name alone says too little."""
    match sort:
        case "power":
            return True if personal or by_policy else None
        case "role":
            # A job title has no default; and in the draft of a form it is what somebody says of themselves.
            if not by_policy and _FORMS.intersection(words(table.name)):
                return None
            known = by_policy or column.default is not None or ranked(table, column, access)
            return True if known and (personal or by_policy) else None
        case _ if personal:
            return consulted(table, column.name, access)
        case _:
            return False if by_policy else None
