"""The rows that a role can reach in a table by a command: permissive policies OR-ed, restrictive AND-ed (manual, 5.9)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from policytool.access.predicate import Analyst, Predicate
from policytool.access.privileges import Privileges
from policytool.access.truth import UNKNOWN, Truth
from policytool.catalog.model import Policy, Table

Command = Literal["SELECT", "INSERT", "UPDATE", "DELETE"]
Side = Literal["using", "check"]
Reach = Literal["none", "own", "tenant", "conditional", "all"]
COMMANDS: tuple[Command, ...] = ("SELECT", "INSERT", "UPDATE", "DELETE")


class RowFilter(Struct, frozen=True, kw_only=True):
    """Which rows, why, and the filter as text. For INSERT these are new rows; for UPDATE, `check` is about the new row."""

    reach: Reach
    text: str
    columns: tuple[str, ...] = ()
    permissive: tuple[Policy, ...] = ()
    restrictive: tuple[Policy, ...] = ()


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
    """Row filters of one catalog."""

    def __init__(self, privileges: Privileges, analyst: Analyst) -> None:
        self._privileges = privileges
        self._analyst = analyst

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

    def truth_for(self, predicate: Predicate, role: str) -> Truth:
        """What the predicate folds to for the role: anonymous, or signed in."""
        return predicate.anon if role in ("public", "anon", "web_anon", "anonymous") else predicate.authenticated

    def row_filter(self, role: str, table: Table, command: Command, side: Side | None = None) -> RowFilter:
        """The rows in reach of a role, its privileges taken as given."""
        if not table.rls_enabled or self.exempt(role, table):
            return RowFilter(reach="all", text="true")
        wanted = side or side_of(command)
        permissive, restrictive = self.applying(role, table, command)
        opening = [(p, s) for p in permissive if (s := self.says(p, wanted, table)) and self._may_hold(s, role)]
        if not opening:
            return RowFilter(reach="none", text="false", permissive=permissive, restrictive=restrictive)
        closing = [(p, s) for p in restrictive if (s := self.says(p, wanted, table))]
        if any(not self._may_hold(s, role) for _, s in closing):
            return RowFilter(reach="none", text="false", permissive=permissive, restrictive=restrictive)
        return self._combined(role, opening, closing)

    def _may_hold(self, predicate: Predicate, role: str) -> bool:
        says = self.truth_for(predicate, role)
        return says is True or says is UNKNOWN

    def _combined(
        self, role: str, opening: list[tuple[Policy, Predicate]], closing: list[tuple[Policy, Predicate]]
    ) -> RowFilter:
        narrowing = [(p, s) for p, s in closing if self.truth_for(s, role) is not True]
        is_open = any(self.truth_for(s, role) is True for _, s in opening)
        parts = ["true"] if is_open else [s.text for _, s in opening]
        either = parts[0] if len(parts) == 1 else " OR ".join(f"({text})" for text in parts)
        texts = [*([] if is_open else [either]), *(s.text for _, s in narrowing)]
        text = texts[0] if len(texts) == 1 else " AND ".join(f"({t})" for t in texts) or "true"
        reach, columns = self._reach([] if is_open else [s for _, s in opening], [s for _, s in narrowing])
        return RowFilter(
            reach="all" if is_open and not narrowing else reach,
            text=text,
            columns=columns,
            permissive=tuple(p for p, _ in opening),
            restrictive=tuple(p for p, _ in narrowing),
        )

    def _reach(self, opening: list[Predicate], narrowing: list[Predicate]) -> tuple[Reach, tuple[str, ...]]:
        for kind in ("own", "tenant"):
            for predicate in narrowing:
                if predicate.scoped and (columns := predicate.bound(kind)):
                    return kind, tuple(sorted(columns))
        tied = [p for p in opening if p.scoped and p.bound()]
        rest = [p for p in opening if p not in tied]
        # Policies that ask for a special person (an administrator's) tie no row; they widen nothing for anybody else.
        if not tied or any(not p.scoped or p.branches is None for p in rest):
            return "conditional", ()
        columns = tuple(sorted({c for p in tied for c in p.bound()}))
        return ("own" if all(p.bound("own") for p in tied) else "tenant"), columns
