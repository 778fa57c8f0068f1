"""A difference between two catalogs, whole: its changes with their hazards, and who gains or loses what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.build.platform import Platform
from policytool.catalog.model import Table
from policytool.catalog.objects import Catalog, Unmodelled
from policytool.catalog.spelling import identifier, qualified
from policytool.diff.access import NARROWER, WIDER, Cell, Comparison
from policytool.diff.changes import Change, Hazard, subject
from policytool.diff.concern import concerned, direction
from policytool.diff.hazards import Hazards
from policytool.diff.moments import Moments, between
from policytool.diff.plan import Plan, plan
from policytool.diff.renames import Accept, Rename
from policytool.diff.segments import alone
from policytool.diff.shared import shared
from policytool.diff.verification import Verification
from policytool.diff.withheld import withhold


class Options(Struct, frozen=True, kw_only=True):
    """How to plan, and which part of it to show."""

    allow_drops: bool = False
    down: bool = False
    online: bool = False
    renames: str = "off"
    schemas: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


class Diff(Struct, frozen=True, kw_only=True):
    """What `policytool diff` found."""

    before: str
    after: str
    plan: Plan
    changes: tuple[Change, ...]
    access: tuple[Cell, ...] = ()
    problems: tuple[str, ...] = ()  # why the plan is not good
    notes: tuple[str, ...] = ()
    unmodelled: tuple[Unmodelled, ...] = ()
    online: bool = False
    overall: tuple[Hazard, ...] = ()  # of the whole, and of no statement
    aside: frozenset[int] = frozenset()  # the ordinals of the plan's statements that are written as comments
    verification: Verification | None = None

    @property
    def withheld(self) -> tuple[Change, ...]:
        """The statements that are written as comments."""
        return tuple(change for change in self.changes if change.withheld)

    @property
    def hazards(self) -> frozenset[str]:
        """The names of all hazards."""
        every = (*self.overall, *(hazard for change in self.changes for hazard in change.hazards))
        return frozenset(hazard.name for hazard in every)


def compare(
    before: Catalog,
    after: Catalog,
    platform: Platform,
    *,
    labels: tuple[str, str] = ("before", "after"),
    hints: tuple[Rename, ...] = (),
    accept: Accept = lambda _: False,
    options: Options = Options(),  # noqa: B008 -- frozen
) -> Diff:
    """Plan the way from one catalog to the other, and say what it does."""
    if options.down:
        before, after, labels = after, before, (labels[1], labels[0])
        hints = tuple(hint.reversed() for hint in hints)
    after = shared(before, after)

    def taken(rename: Rename) -> bool:
        return options.renames != "off" and (accept(rename) if options.renames == "prompt" else True)

    found = plan(before, after, platform, hints=hints, accept=taken, online=options.online)
    cells = tuple(Comparison(before, after, platform, _names(found)).cells()) if found.statements else ()
    changes = _judged(_guessed(_changes(found), found.guessed), cells, options)
    moments = Moments(before, after, platform, _names(found))
    problems = [f"{one.sql.partition(chr(10))[0]}: {one.refused}" for one in found.refused]
    problems += between(moments, found.boundaries)
    if not options.allow_drops:
        changes, more = withhold(found, changes, moments)
        problems += more
    problems += [f"{d.kind} {d.identity}: {d.field} would still differ" for d in found.left]
    shown = _shown(found, changes, options)
    notes = [*found.remarks, *(_not_back(found) if options.down else ())]
    if len(shown) < len(changes):
        notes.append(f"this is a part: {len(changes) - len(shown)} of {len(changes)} statements are not shown")
    return Diff(
        before=labels[0],
        after=labels[1],
        plan=found,
        changes=shown,
        aside=frozenset(n for n, change in enumerate(changes) if change.withheld),
        access=cells,
        problems=tuple(problems),
        notes=tuple(notes),
        unmodelled=(*before.unmodelled, *(u for u in after.unmodelled if u not in before.unmodelled)),
        online=options.online,
        overall=tuple(h for h in _overall(before, after) if h.name not in options.allowed),
    )


def _not_back(found: Plan) -> Iterator[str]:
    """What the way back makes again and cannot fill: it was thrown away on the way there."""
    for one in found.statements:
        for change in one.changes:
            old, new = change.before, change.after
            if not isinstance(new, Table) or new.kind == "foreign table" or change.old_key is not None:
                continue
            if old is None:
                if new.kind == "table":
                    yield f"{qualified(*change.key)} comes back without its rows"
            elif len(new.columns) > len(old.columns) and change.key in found.before.tables:
                kept = {column.name for column in old.columns}
                new_ones = (c.name for c in new.columns if c.name not in kept and c.generated is None)
                yield from (f"{qualified(*change.key)}.{name} comes back without what it held" for name in new_ones)


def _overall(before: Catalog, after: Catalog) -> Iterator[Hazard]:
    """What could not be read on one side only may be a difference that nobody sees."""
    sides = [{(u.kind, u.message): u for u in side.unmodelled if u.kind != "assumed"} for side in (before, after)]
    for key in sides[0].keys() ^ sides[1].keys():
        found = sides[0].get(key) or sides[1][key]
        where = f"{found.location.path}:{found.location.line}"
        yield Hazard(name="UNMODELLED", message=f"{where} is not in this diff: {found.message}")


def _changes(found: Plan) -> tuple[Change, ...]:
    hazards = Hazards(found)
    changes = []
    for ordinal, done in enumerate(found.statements):
        kind, action, identity = subject(done)
        locks = hazards.locks(ordinal)
        changes.append(
            Change(
                kind=kind,
                action=action,
                identity=identity,
                sql=done.sql,
                segment=done.segment,
                alone=alone(done),
                hazards=hazards.of(ordinal, locks),
                locks=locks,
            )
        )
    return tuple(changes)


def _names(found: Plan) -> dict[tuple[str, Any], Any]:
    """What the objects of BEFORE are called in the end."""
    names: dict[tuple[str, Any], Any] = {}
    origin: dict[tuple[str, Any], Any] = {}
    for done in found.statements:
        for change in done.changes:
            if change.old_key is not None:
                first = origin.pop((change.kind, change.old_key), change.old_key)
                origin[change.kind, change.key] = first
                names[change.kind, first] = change.key
    return names


def _guessed(changes: tuple[Change, ...], guesses: frozenset[str]) -> tuple[Change, ...]:
    """The changes, those marked that rest on a guess."""
    message = "it only looks like a rename: say so with -- policytool: renamed from"
    hazard = Hazard(name="RENAME_GUESSED", message=message)
    return tuple(
        replace(change, hazards=(*change.hazards, hazard)) if change.sql in guesses else change for change in changes
    )


def _judged(changes: tuple[Change, ...], cells: tuple[Cell, ...], options: Options) -> tuple[Change, ...]:
    """The changes with what they do to access; hazards that are allowed are left out."""
    moved = {v: {c.object for c in cells if c.verdict in vs} for v, vs in (("WIDENED", WIDER), ("NARROWED", NARROWER))}
    shown = []
    for change in changes:
        hazards = list(change.hazards)
        for which in moved:
            hazards += _moves(change, which, cells, moved[which])
        hazards = [hazard for hazard in hazards if hazard.name not in options.allowed]
        shown.append(replace(change, hazards=tuple(hazards)))
    return tuple(shown)


def _moves(change: Change, which: str, cells: tuple[Cell, ...], objects: set[str]) -> Iterator[Hazard]:
    """The hazard of a statement that takes part in a change of somebody's access."""
    opens, closes = direction(change)
    if not objects or not (opens if which == "WIDENED" else closes):
        return
    verdicts = WIDER if which == "WIDENED" else NARROWER
    found = [c for c in cells if c.verdict in verdicts and concerned(change, c)]
    if not found:
        return
    everywhere = len({c.object for c in found}) > 1
    who: dict[str, list[str]] = {}
    for cell in found[:40]:
        what = f"{cell.command} on {cell.object}" if everywhere else cell.command
        who.setdefault(cell.role, []).append(what)
    verb = "can do more" if which == "WIDENED" else "can do less"
    words = "; ".join(f"{role} {', '.join(dict.fromkeys(commands))}" for role, commands in who.items())
    yield Hazard(name=f"AUTHZ_{which}", message=f"{verb}{'' if everywhere else f' on {found[0].object}'}: {words}")


def _shown(found: Plan, changes: tuple[Change, ...], options: Options) -> tuple[Change, ...]:
    """The changes asked for. What the user hangs on the platform's tables is of no schema of theirs, and stays."""
    if not options.schemas and not options.kinds:
        return changes
    schemas = {identifier(name) for name in options.schemas}
    given = {
        qualified(*key)
        for side in (found.before, found.after)
        for key, table in side.tables.items()
        if table.origin is not None
    }

    def inside(change: Change) -> bool:
        _, _, target = change.identity.rpartition(" on ")
        return not schemas or _schema(change.identity) in schemas or target in given

    return tuple(change for change in changes if (not options.kinds or change.kind in options.kinds) and inside(change))


def _schema(identity: str) -> str:
    """The schema of what an identity names, `a on s.t` and `s.f(integer)` among them."""
    return identity.rpartition(" on ")[2].partition("(")[0].rpartition(".")[0] or identity
