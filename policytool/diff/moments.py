"""Never more open than both ends: what each commit leaves open, held against BEFORE and AFTER."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from policytool.access import COMMANDS
from policytool.access.containment import Alternatives, beyond
from policytool.catalog.build.platform import Platform
from policytool.catalog.model import Function, Name, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.parity import identity_of
from policytool.diff.access import Comparison, Names
from policytool.diff.reach import Reach, World
from policytool.diff.same import same
from policytool.diff.shift import EVIDENCE, UNTOLD, Shift


class Opened(NamedTuple):
    """What is open at a moment, and neither before nor after."""

    role: str
    command: str
    identity: str


class Moments:
    """Two ends, and what may be open between them."""

    def __init__(self, before: Catalog, after: Catalog, platform: Platform, renamed: Names | None = None) -> None:
        self._platform = platform
        self._ends = Comparison(before, after, platform)
        self._new_names = renamed or {}
        self._old_names = {(kind, new): old for (kind, old), new in self._new_names.items()}

    def opened(self, moment: Catalog) -> Iterator[Opened]:
        """What somebody reaches at a moment, and neither before nor after."""
        found = _Moment(self._ends, World(moment, self._platform))
        before, after = self._ends.before.catalog, self._ends.after.catalog
        for store in ("tables", "views", "functions"):
            old_store, new_store = getattr(before, store), getattr(after, store)
            for key, item in getattr(moment, store).items():
                old = old_store.get(key) or old_store.get(self._old_names.get((store, key)))
                new = new_store.get(key) or new_store.get(self._new_names.get((store, key)))
                yield from found.item(old, item, new)


def between(moments: Moments, boundaries: Iterable[Catalog]) -> Iterator[str]:
    """What is open at a commit, in words."""
    for number, catalog in enumerate(boundaries, 1):
        for role, command, identity in moments.opened(catalog):
            yield f"after commit {number} {role} has {command} on {identity}, and neither before nor after"


class _Moment:
    """One catalog on the way, between both ends."""

    def __init__(self, ends: Comparison, now: World) -> None:
        self._ends, self._now = ends, now
        self._since, self._until = Shift(ends.before.catalog, now.catalog), Shift(now.catalog, ends.after.catalog)

    def item(self, old: Any, item: Any, new: Any) -> Iterator[Opened]:
        """What of one object is open."""
        if self._is_at(old, item, self._since) or self._is_at(new, item, self._until):
            return
        item = self._working(item)
        ends = [(self._ends.before, old, self._since), (self._ends.after, new, self._until)]
        there = [(side, end, shift) for side, end, shift in ends if end is not None]
        for role in self._ends.roles:
            for command in ("EXECUTE",) if isinstance(item, Function) else COMMANDS:
                now = self._now.reach(role, item, command)
                if now is None:
                    continue
                # A role that is not there yet, or no more, would have what all have.
                sides = [
                    (side, role if role in side.catalog.roles else "public", end, shift) for side, end, shift in there
                ]
                allowed = [
                    (reach, side.new_rows(who, end, command))
                    for side, who, end, shift in sides
                    if (reach := side.reach(who, end, command)) is not None
                    and self._comparable(role, command, item, end, shift)
                ]
                if not _within(now, self._now.new_rows(role, item, command), allowed):
                    yield Opened(role, command, identity_of(item))

    def _is_at(self, end: Any, item: Any, shift: Shift) -> bool:
        """Whether an object, and all that access to it rests on, is as at one end."""
        if end is None or (end is not item and not same(end, item, without=EVIDENCE)):
            return False
        return not shift.roles and not shift.touches(self._now.catalog, item)

    def _comparable(self, role: str, command: str, item: Any, end: Any, shift: Shift) -> bool:
        """Whether what is reached then is what is reached at an end, if the words are the same."""
        if isinstance(item, Function):
            return not item.security_definer or (item.owner == end.owner and same(item, end, without=UNTOLD))
        return not shift.asks(self._now.catalog, self._now.applying(role, item, command))

    def _working(self, item: Any) -> Any:
        """A table without the policies that let nobody in: what they ask is not there, which is an error."""
        missing = self._since.asked - self._there
        if not missing or not isinstance(item, Table):
            return item
        alone = ((policy, replace(item, policies=(policy,))) for policy in item.policies)
        kept = tuple(
            policy
            for policy, table in alone
            if not (policy.permissive and self._since.asks(self._now.catalog, table) & missing)
        )
        return replace(item, policies=kept)

    @functools.cached_property
    def _there(self) -> frozenset[Name]:
        catalog = self._now.catalog
        return frozenset(catalog.views.keys() | {key[:2] for key in catalog.functions})


def _within(now: Reach, new_rows: Alternatives | None, allowed: list[tuple[Reach, Alternatives | None]]) -> bool:
    fits = [one for one in allowed if _columns(now, one[0])]
    if any(_rows(now, now.rows, one.rows, one) and _rows(now, new_rows, new, one) for one, new in fits):
        return True
    rows, news = _together(one.rows for one, _ in fits), _together(new for _, new in fits)
    if not fits or rows is None or news is None or now.rows is None or new_rows is None:
        return False
    return not beyond(now.rows, rows) and not beyond(new_rows, news)


def _columns(now: Reach, allowed: Reach) -> bool:
    return allowed.columns is None or (now.columns is not None and now.columns <= allowed.columns)


def _rows(now: Reach, rows: Alternatives | None, allowed: Alternatives | None, other: Reach) -> bool:
    if rows is None or allowed is None:
        return now.text == other.text
    return not beyond(rows, allowed)


def _together(sides: Iterable[Alternatives | None]) -> Alternatives | None:
    found: list[Any] = []
    for side in sides:
        if side is None:
            return None
        found += side
    return tuple(found)
