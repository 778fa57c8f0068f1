"""The rows that a role reaches in a table by a command: permissive policies OR-ed, restrictive AND-ed (manual, 5.9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from policytool.access.predicate import Analyst, Predicate
from policytool.access.privileges import Privileges
from policytool.catalog.model import Policy, Table

Command = Literal["SELECT", "INSERT", "UPDATE", "DELETE"]
Side = Literal["using", "check"]
Reach = Literal["none", "own", "tenant", "conditional", "all"]
Judged = tuple[Policy, Predicate]
COMMANDS: tuple[Command, ...] = ("SELECT", "INSERT", "UPDATE", "DELETE")
WRITES: tuple[Command, ...] = ("INSERT", "UPDATE", "DELETE")


class RowFilter(Struct, frozen=True, kw_only=True):
    """Which rows, and why, and the filter as text: new rows for INSERT, for the others those that are there.

    `open` are the permissive policies that ask nothing of the person, so that just anybody passes by them.
    """

    reach: Reach
    text: str
    columns: tuple[str, ...] = ()
    permissive: tuple[Policy, ...] = ()
    restrictive: tuple[Policy, ...] = ()
    open: tuple[Policy, ...] = ()


def expression(policy: Policy, side: Side) -> str | None:
    """The expression that a policy applies to existing rows (`using`) or to new ones (`check`); None grants nothing.

    UPDATE and ALL fall back on USING for new rows; FOR ALL with only a WITH CHECK shows no row.
    """
    if policy.command == "INSERT":
        return policy.with_check if side == "check" else None
    if side == "check":
        return policy.with_check if policy.with_check is not None else policy.using
    return policy.using


def side_of(command: Command) -> Side:
    """The side that decides a command: new rows for INSERT, existing ones otherwise."""
    return "check" if command == "INSERT" else "using"


class RowFilters:
    """Row filters of one catalog. `anonymous` are the roles that one needs no account for."""

    def __init__(self, privileges: Privileges, analyst: Analyst, anonymous: Iterable[str]) -> None:
        self._privileges = privileges
        self._analyst = analyst
        self._anonymous = frozenset(anonymous)

    def exempt(self, role: str, table: Table) -> bool:
        """Whether policies do not bind the role: superuser, BYPASSRLS, or the owner where RLS is not forced."""
        if self._privileges.bypasses_rls(role):
            return True
        return not table.rls_forced and self._privileges.owns(role, table)

    def applying(self, role: str, table: Table, command: Command) -> tuple[tuple[Policy, ...], tuple[Policy, ...]]:
        """(permissive, restrictive) policies that apply to the role and the command."""
        members = self._privileges.closure(role)
        applying = [p for p in table.policies if p.command in ("ALL", command) and members.intersection(p.roles)]
        return tuple(p for p in applying if p.permissive), tuple(p for p in applying if not p.permissive)

    def says(self, policy: Policy, side: Side, table: Table) -> Predicate | None:
        """What a policy's expression for a side says; None where it has none."""
        text = expression(policy, side)
        return None if text is None else self._analyst.predicate(text, table)

    def row_filter(self, role: str, table: Table, command: Command, side: Side | None = None) -> RowFilter:
        """The rows in reach of a role, its privileges taken as given."""
        if not table.rls_enabled or self.exempt(role, table):
            return RowFilter(reach="all", text="true")
        wanted, anonymous = side or side_of(command), role in self._anonymous
        permissive, restrictive = self.applying(role, table, command)
        opening = [(p, s) for p in permissive if (s := self.says(p, wanted, table)) and s.holds(anonymous=anonymous)]
        closing = [(p, s) for p in restrictive if (s := self.says(p, wanted, table))]
        # A restrictive policy without an expression for this side adds nothing.
        if not opening or any(not s.holds(anonymous=anonymous) for _, s in closing):
            return RowFilter(reach="none", text="false", permissive=permissive, restrictive=restrictive)
        return _combined(opening, closing, anonymous)


def _combined(opening: list[Judged], closing: list[Judged], anonymous: bool) -> RowFilter:
    narrowing = [(p, s) for p, s in closing if s.truth(anonymous=anonymous) is not True]
    is_open = any(s.truth(anonymous=anonymous) is True for _, s in opening)
    either = [] if is_open else [s.text for _, s in opening]
    texts = [" OR ".join(f"({t})" for t in either) if len(either) > 1 else t for t in either[:1]]
    texts += [s.text for _, s in narrowing]
    reach, columns = _reach([] if is_open else [s for _, s in opening], [s for _, s in narrowing], anonymous)
    narrowed = any(s.scoped(anonymous=anonymous) for _, s in narrowing)
    return RowFilter(
        reach="all" if is_open and not narrowing else reach,
        text=texts[0] if len(texts) == 1 else " AND ".join(f"({t})" for t in texts) or "true",
        columns=columns,
        permissive=tuple(p for p, _ in opening),
        restrictive=tuple(p for p, _ in narrowing),
        open=() if narrowed else tuple(p for p, s in opening if not s.scoped(anonymous=anonymous)),
    )


def _reach(opening: list[Predicate], narrowing: list[Predicate], anonymous: bool) -> tuple[Reach, tuple[str, ...]]:
    if anonymous:
        return "conditional", ()  # nobody's rows are an anonymous visitor's own
    for predicate in sorted(narrowing, key=lambda p: p.ties[0] or "unknown"):
        kind, columns = predicate.ties
        if kind is not None and predicate.scoped():
            return kind, tuple(sorted(columns))
    tied = [p.ties for p in opening if p.scoped() and p.ties[0] is not None]
    # Policies that ask for a special person (an administrator's) tie no row; they widen nothing for anybody else.
    if not tied or any(not p.scoped() or p.branches is None for p in opening):
        return "conditional", ()
    columns = frozenset(column for _, found in tied for column in found)
    return ("own" if all(kind == "own" for kind, _ in tied) else "tenant"), tuple(sorted(columns))
