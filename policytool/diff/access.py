"""Who gains and who loses what, by role and command, and whether any moment is more open than both ends."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from policytool.access import COMMANDS, Access, Conventions, make_profile
from policytool.access.containment import Alternatives, beyond
from policytool.catalog.build.platform import Platform
from policytool.catalog.model import Function, Table, View
from policytool.catalog.objects import Catalog
from policytool.catalog.parity import identity_of
from policytool.diff.causes import causes
from policytool.diff.same import same

Verdict = Literal["gained", "lost", "widened", "narrowed", "changed", "unchanged"]
Item = Table | View | Function
WIDER: tuple[Verdict, ...] = ("gained", "widened", "changed")
NARROWER: tuple[Verdict, ...] = ("lost", "narrowed", "changed")
_EVIDENCE = frozenset({"comment"})
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


class Reach(Struct, frozen=True, kw_only=True):
    """The rows that a role reaches, as text and as alternatives (None: nothing can be shown of them), and columns."""

    text: str
    rows: Alternatives | None = None
    columns: frozenset[str] | None = None  # None: all


class World:
    """One catalog as roles meet it."""

    def __init__(self, catalog: Catalog, platform: Platform) -> None:
        self.catalog = catalog
        profile = make_profile(catalog, platform.family, exposed_schemas=platform.exposed_schemas or None)
        self.access = Access(catalog, profile, Conventions())

    def reach(self, role: str, item: Item | None, command: str) -> Reach | None:
        """What the role reaches of an item by a command; None where nothing."""
        if item is None or (role != "public" and role not in self.catalog.roles):
            return None
        match item:
            case Function():
                return Reach(text="true", rows=None) if self.access.privileges.can_execute(role, item) else None
            case View():
                return self._view(role, item, command)
        return self._table(role, item, command)

    def _view(self, role: str, view: View, command: str) -> Reach | None:
        if (view.materialized and command != "SELECT") or not self.access.reach(role, command, view):
            return None
        whose = "the caller" if view.security_invoker else view.owner
        return Reach(
            text=f"as {whose}: {' '.join(view.definition.split())}", columns=self._columns(role, view, command)
        )

    def _table(self, role: str, table: Table, command: str) -> Reach | None:
        found = self.access.row_filter(role, table, command)  # type: ignore[arg-type]
        if found.reach == "none":
            return None
        rows, text = self._rows(role, table, command), found.text
        if command == "UPDATE":
            checked = self.access.row_filter(role, table, "UPDATE", "check")
            text = text if checked.text == text else f"{text}; new rows: {checked.text}"
        return Reach(text=text, rows=rows, columns=self._columns(role, table, command))

    def _rows(self, role: str, table: Table, command: str) -> Alternatives | None:
        return self.access.contained.rows(role, table, command)  # type: ignore[arg-type]

    def new_rows(self, role: str, item: Item | None, command: str) -> Alternatives | None:
        """The rows that an UPDATE may leave."""
        if command != "UPDATE" or not isinstance(item, Table):
            return ()
        return self.access.contained.rows(role, item, "UPDATE", "check")

    def _columns(self, role: str, item: Table | View, command: str) -> frozenset[str] | None:
        if command == "DELETE":
            return None
        held = frozenset(c.name for c in item.columns if self.access.can(role, command, item, c.name))
        return None if len(held) == len(item.columns) else held


class Comparison:
    """Two catalogs held against each other."""

    def __init__(self, before: Catalog, after: Catalog, platform: Platform, renamed: Names | None = None) -> None:
        self._renamed = renamed or {}
        self.before, self.after = World(before, platform), World(after, platform)

    @functools.cached_property
    def roles(self) -> tuple[str, ...]:
        """PUBLIC, the clients, and every role that the user made; superusers may do anything on both sides."""
        found = dict.fromkeys(("public", *self.before.access.clients, *self.after.access.clients))
        for world in (self.before, self.after):
            found |= dict.fromkeys(n for n, r in world.catalog.roles.items() if r.origin is None and not r.superuser)
        return tuple(found)

    @functools.cached_property
    def _everywhere(self) -> bool:
        """Whether something has changed that any object's access may rest on."""
        one, other = self.before.catalog, self.after.catalog
        stores = ((one.roles, other.roles), (one.schemas, other.schemas), (one.functions, other.functions))
        members = same(one.memberships, other.memberships, without=_EVIDENCE)
        return not members or not all(_alike(a, b) for a, b in stores)

    def cells(self) -> Iterator[Cell]:
        """Every cell of what may have changed, the unchanged ones among them."""
        for store in ("tables", "views", "functions"):
            held, new = getattr(self.before.catalog, store), getattr(self.after.catalog, store)
            old = {self._renamed.get((store, key), key): item for key, item in held.items()}
            for key in sorted({**old, **new}):
                one, other = old.get(key), new.get(key)
                if "extension" in (getattr(one, "origin", None), getattr(other, "origin", None)):
                    continue
                if self._everywhere or (one is not other and not same(one, other, without=_EVIDENCE)):
                    yield from self._item(one, other)

    def _item(self, one: Any, other: Any) -> Iterator[Cell]:
        item = other or one
        commands = ("EXECUTE",) if isinstance(item, Function) else COMMANDS
        for role in self.roles:
            for command in commands:
                before, after = self.before.reach(role, one, command), self.after.reach(role, other, command)
                if before is None and after is None:
                    continue
                verdict = self._verdict(role, command, (one, before), (other, after))
                yield Cell(
                    role=role,
                    object=identity_of(item),
                    kind="function" if isinstance(item, Function) else "view" if isinstance(item, View) else "table",
                    command=command,
                    verdict=verdict,
                    before=None if before is None else _said(before),
                    after=None if after is None else _said(after),
                    because=causes((role, command), one, other, self.before, self.after)
                    if verdict != "unchanged"
                    else (),
                )

    def _verdict(self, role: str, command: str, one: Any, other: Any) -> Verdict:
        (old, before), (new, after) = one, other
        if before is None:
            return "gained"
        if after is None:
            return "lost"
        if isinstance(new, Function):
            return "changed" if new.security_definer and not same(old, new, without=_UNTOLD) else "unchanged"
        wider = _more(after.columns, before.columns, new)
        narrower = _more(before.columns, after.columns, old)
        if isinstance(new, View):
            if before.text != after.text:
                wider, narrower = True, True
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


_UNTOLD = frozenset({"comment", "grants", "owner", "cost", "rows", "volatility", "parallel"})


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


def _said(reach: Reach) -> str:
    if reach.columns is None:
        return reach.text
    return f"{reach.text} ({', '.join(sorted(reach.columns)) or 'no column'} only)"


def _alike(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    return one.keys() == other.keys() and all(same(one[k], other[k], without=_EVIDENCE) for k in one)


# --- on the way -----------------------------------------------------------------------------------------------------


def opened(before: Catalog, after: Catalog, between: tuple[Catalog, ...], platform: Platform) -> Iterator[str]:
    """What a role reaches at some commit, and neither before nor after: never more open than both ends."""
    if not between:
        return
    ends = Comparison(before, after, platform)
    for number, catalog in enumerate(between, 1):
        world = World(catalog, platform)
        for store in ("tables", "views", "functions"):
            for key, item in getattr(catalog, store).items():
                old, new = getattr(before, store).get(key), getattr(after, store).get(key)
                if item is not old and item is not new:
                    yield from _opened(ends, world, (old, item, new), number)


def _opened(ends: Comparison, world: World, items: tuple[Any, Any, Any], number: int) -> Iterator[str]:
    old, item, new = items
    for role in ends.roles:
        for command in ("EXECUTE",) if isinstance(item, Function) else COMMANDS:
            now = world.reach(role, item, command)
            if now is None:
                continue
            allowed = [r for r in (ends.before.reach(role, old, command), ends.after.reach(role, new, command)) if r]
            if not any(_within(now, one) for one in allowed):
                yield f"after commit {number} {role} has {command} on {identity_of(item)}, and neither before nor after"


def _within(now: Reach, allowed: Reach) -> bool:
    columns = allowed.columns is None or (now.columns is not None and now.columns <= allowed.columns)
    if now.rows is None or allowed.rows is None:
        return columns and now.text == allowed.text
    return columns and not beyond(now.rows, allowed.rows)
