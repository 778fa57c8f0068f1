"""Who gains and who loses what, by role and command."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct

from policytool.access import COMMANDS
from policytool.access.containment import Alternatives, beyond
from policytool.catalog.build.platform import Platform
from policytool.catalog.model import Function, View
from policytool.catalog.objects import Catalog
from policytool.catalog.parity import identity_of
from policytool.catalog.spelling import qualified
from policytool.diff.causes import causes
from policytool.diff.reach import Reach, World
from policytool.diff.same import same
from policytool.diff.shift import EVIDENCE, UNTOLD, Shift

Verdict = Literal["gained", "lost", "widened", "narrowed", "changed", "unchanged"]
WIDER: tuple[Verdict, ...] = ("gained", "widened", "changed")
NARROWER: tuple[Verdict, ...] = ("lost", "narrowed", "changed")
Names = dict[tuple[str, Any], Any]  # store and key before → key after


class Cell(Struct, frozen=True, kw_only=True):
    """What became of one role's command on one relation or routine; filters are None where it has none."""

    role: str
    object: str
    kind: str
    command: str
    verdict: Verdict
    before: str | None
    after: str | None
    because: tuple[str, ...] = ()


class Comparison:
    """Two catalogs held against each other."""

    def __init__(self, before: Catalog, after: Catalog, platform: Platform, renamed: Names | None = None) -> None:
        self._renamed = renamed or {}
        self.before, self.after = World(before, platform), World(after, platform)
        self.shift = Shift(before, after)

    @functools.cached_property
    def roles(self) -> tuple[str, ...]:
        """PUBLIC, the clients, and every role that the user made; superusers may do anything on both sides."""
        found = dict.fromkeys(("public", *self.before.access.clients, *self.after.access.clients))
        for world in (self.before, self.after):
            found |= dict.fromkeys(n for n, r in world.catalog.roles.items() if r.origin is None and not r.superuser)
        return tuple(found)

    def cells(self) -> Iterator[Cell]:
        """Every cell of what may have changed, the unchanged ones among them."""
        for store in ("tables", "views", "functions"):
            held, new = getattr(self.before.catalog, store), getattr(self.after.catalog, store)
            old = {self._renamed.get((store, key), key): item for key, item in held.items()}
            for key in sorted({**old, **new}):
                one, other = old.get(key), new.get(key)
                if "extension" not in (getattr(one, "origin", None), getattr(other, "origin", None)):
                    yield from self._item(one, other, self._roles_of(one, other))

    def _roles_of(self, one: Any, other: Any) -> tuple[str, ...]:
        """The roles whose access to an object may have changed."""
        if one is not other and not same(one, other, without=EVIDENCE):
            return self.roles
        if self.shift.touches(self.after.catalog, other):
            return self.roles
        return tuple(role for role in self.roles if role in self.shift.roles) if self.shift.roles else ()

    def _item(self, one: Any, other: Any, roles: tuple[str, ...]) -> Iterator[Cell]:
        item = other or one
        commands = ("EXECUTE",) if isinstance(item, Function) else COMMANDS
        asked = self.shift.asks(self.after.catalog, other) if one is not None and other is not None else frozenset()
        for role in roles:
            for command in commands:
                before, after = self.before.reach(role, one, command), self.after.reach(role, other, command)
                if before is None and after is None:
                    continue
                verdict = self._verdict(role, command, (one, before), (other, after))
                why: tuple[str, ...] = ()
                if asked and self._asks(role, one, other, command):
                    verdict = verdict if verdict in ("gained", "lost") else "changed"
                    why = tuple(f"{qualified(*name)}, on which it rests, is another" for name in sorted(asked))
                yield Cell(
                    role=role,
                    object=identity_of(item),
                    kind="function" if isinstance(item, Function) else "view" if isinstance(item, View) else "table",
                    command=command,
                    verdict=verdict,
                    before=None if before is None else said(before),
                    after=None if after is None else said(after),
                    because=(*causes((role, command), one, other, self.before, self.after), *why)
                    if verdict != "unchanged"
                    else (),
                )

    def _asks(self, role: str, one: Any, other: Any, command: str) -> bool:
        """Whether what it rests on is asked of this role at all."""
        sides = ((self.before, one), (self.after, other))
        return any(self.shift.asks(side.catalog, side.applying(role, item, command)) for side, item in sides)

    def _verdict(self, role: str, command: str, one: Any, other: Any) -> Verdict:
        (old, before), (new, after) = one, other
        if before is None:
            return "gained"
        if after is None:
            return "lost"
        if isinstance(new, Function):
            return _routine(old, new)
        wider = _more(after.columns, before.columns, new)
        narrower = _more(before.columns, after.columns, old)
        if isinstance(new, View):
            if old.definition != new.definition:
                wider, narrower = True, True
            elif before.text != after.text:
                wider, narrower = wider or not new.security_invoker, narrower or not old.security_invoker
        else:
            pairs = [(before.rows, after.rows)]
            if command == "UPDATE":
                pairs.append((self.before.new_rows(role, old, command), self.after.new_rows(role, new, command)))
            for a, b in pairs:
                wider |= _beyond(b, a, before.text != after.text)
                narrower |= _beyond(a, b, before.text != after.text)
        if wider and narrower:
            return "changed"
        return "widened" if wider else "narrowed" if narrower else "unchanged"


def _routine(old: Function, new: Function) -> Verdict:
    """What its caller can do by a function is what its owner can, where it runs as that."""
    if old.security_definer != new.security_definer:
        return "widened" if new.security_definer else "narrowed"
    if not new.security_definer:
        return "unchanged"
    return "unchanged" if old.owner == new.owner and same(old, new, without=UNTOLD) else "changed"


def _beyond(new: Alternatives | None, old: Alternatives | None, otherwise: bool) -> bool:
    """Whether some rows of the one are not shown to be among the other's; by the texts where nothing can be shown."""
    if new is None or old is None:
        return otherwise
    return bool(beyond(new, old))


def _more(new: frozenset[str] | None, old: frozenset[str] | None, item: Any) -> bool:
    """Whether columns are there that were not; a column that is new itself is no wider access."""
    if old is None:
        return False
    held = new if new is not None else frozenset(column.name for column in item.columns)
    return bool(held - old)


def said(reach: Reach) -> str:
    """Rows, and columns where it is not all of them."""
    if reach.columns is None:
        return reach.text
    return f"{reach.text} ({', '.join(sorted(reach.columns)) or 'no column'} only)"
