"""The matrix as a server shows it, whole: cells, what could not be measured, leaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.access.matrix import Item as Subject
from policytool.catalog.model import Function, Table, View
from policytool.testing.observed.calls import Calls
from policytool.testing.observed.cells import Observed, cells
from policytool.testing.observed.doors import Doors
from policytool.testing.observed.escalation import Escalation
from policytool.testing.observed.leaks import Finder, Leak
from policytool.testing.observed.measure import STAMPED, Meter, Tried, Who, whos
from policytool.testing.observed.minimise import Shower, Shown
from policytool.testing.observed.probes import EVERY, Prober, usable
from policytool.testing.observed.stage import Held, Item, Stage, stage
from policytool.testing.observed.ties import USERS
from policytool.testing.observed.worlds import Worlds, worlds

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.catalog.model import Name
    from policytool.testing.ground import Ground
    from policytool.testing.observed.switches import Switches


class Unmeasured(Struct, frozen=True, kw_only=True):
    """What could not be found out, and why: it is not known to be safe."""

    what: str
    why: str


class Place(Struct, frozen=True, kw_only=True):
    """One actor's command on one object."""

    role: str
    actor: str
    object: str
    kind: str
    command: str


class Observation(Struct, frozen=True, kw_only=True):
    """All that was observed of a schema."""

    cells: tuple[Observed, ...]
    leaks: tuple[Shown, ...]
    unmeasured: tuple[Unmeasured, ...]
    attempts: int
    rows: int
    people: tuple[str, ...]
    worlds: Worlds
    items: Mapping[str, Item]  # the planted rows by their handles
    reached: Mapping[Place, frozenset[str]]  # the rows that each actor reached, by name
    planted: Mapping[str, frozenset[str]]  # the rows that are there, by name
    unknown: Mapping[tuple[str, str, str], str]  # cells that could not be measured, and why


def observe(
    ground: Ground,
    access: Access,
    subjects: Iterable[Subject],
    roles: Iterable[str],
    *,
    leaks: bool = True,
    also: Switches | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Observation:
    """Plant the worlds in a copy of the ground's database, try everything, and undo it.

    `also` is what the policies of another state go by, where the same rows are to be tried on both.
    """
    planned = worlds(access, also)
    progress(f"planting {len(planned.rows)} rows")
    with ground.actors() as actors, stage(actors, access, planned) as found:
        observer = _Observer(found, tuple(subjects), tuple(roles), tokens=USERS in access.catalog.tables)
        with found.loose():
            progress("measuring")
            seen = tuple(observer.cells())
            progress("looking for leaks")
            chosen = tuple(observer.leaks()) if leaks else ()
        shown = tuple(map(Shower(found).show, chosen))
        return Observation(
            cells=seen,
            leaks=shown,
            unmeasured=tuple(_unmeasured(found, planned, seen)),
            attempts=observer.meter.attempts,
            rows=len(found.planted),
            people=tuple(p.name for p in planned.people),
            worlds=planned,
            items={item.handle: item for held in found.held.values() for item in held.items if item.handle},
            reached=dict(observer.reached),
            planted=observer.planted,
            unknown={(c.role, c.table, c.command): c.why for c in seen if c.access is None},
        )


class _Observer:
    def __init__(self, found: Stage, subjects: tuple[Subject, ...], roles: tuple[str, ...], *, tokens: bool) -> None:
        self.stage, self.subjects = found, subjects
        schemas = {key[0] for key in found.worlds.ties} | {s.schema for s in subjects}
        self.meter = Meter(found, Prober(found.worlds, usable(found.session, roles, schemas, found.login)))
        self.whos = whos(found, roles, tokens=tokens)
        self.measured: dict[tuple[Name, str], tuple[Tried, ...]] = {}
        self.finder = Finder(found, self.meter, self.whos, self.measured)
        self._shown: list[Leak] = []
        self.reached: dict[Place, frozenset[str]] = {}
        self.planted: dict[str, frozenset[str]] = {}

    def cells(self) -> Iterator[Observed]:
        """The cells of all subjects: tables first, since doors are held against them."""
        wanted = {(s.schema, s.name): s for s in self.subjects if isinstance(s, Table)}
        for key, table in wanted.items():
            yield from self._table(key, table)
        doors = Doors(self.finder)
        calls = Calls(self.finder, doors.whose)
        for subject in self.subjects:
            match subject:
                case View():
                    found = doors.view(subject, self.whos)
                    self._note(f"{subject.schema}.{subject.name}", "view", found.held, found.tried)
                    yield from doors.cells(found)
                    self._shown += doors.leaks(found)
                case Function():
                    for cell in calls.cells(subject, self.whos):
                        self._called(cell)
                        yield cell
                    self._shown += calls.leaks(subject)

    def _table(self, key: Name, table: Table) -> Iterator[Observed]:
        tried = {who: self.meter.table(who, table) for who in self.whos}
        self.measured |= {(key, who.key): every for who, every in tried.items()}
        held = self.stage.held.get(key)
        if held is not None:
            self._note(f"{key[0]}.{key[1]}", "table", held, tried)
            yield from cells(f"{key[0]}.{key[1]}", held, tried, EVERY)

    def _note(self, name: str, kind: str, held: Held, tried: Mapping[Who, tuple[Tried, ...]]) -> None:
        """Who reached which rows, by names that are the same in another state of the schema."""
        names = {item.id: item.name for item in held.items}
        below = {item.id: item.name for rows in self.stage.held.values() for item in rows.items}
        self.planted[name] = frozenset(f"{row}{own}" for row in names.values() for own in ("", STAMPED))
        for who, every in tried.items():
            for one in every:
                place = Place(role=who.role, actor=who.name, object=name, kind=kind, command=one.command)
                rows = frozenset(names.get(i) or below.get(i, i) for i in one.reached) | one.stamped
                self.reached[place] = self.reached.get(place, frozenset()) | rows

    def _called(self, cell: Observed) -> None:
        place = Place(role=cell.role, actor=cell.role, object=cell.table, kind=cell.kind, command=cell.command)
        self.reached[place] = frozenset(("a call",)) if cell.access == "all" else frozenset()

    def leaks(self) -> Iterator[Leak]:
        """Those of tables, then chains, then doors; each place once."""
        seen: set[tuple[object, ...]] = set()
        plain = list(self.finder.plain())
        chains = list(Escalation(self.finder).chains())
        for leak in (*plain, *self.finder.boasts(), *chains, *self._shown):
            mark = (leak.kind, leak.table, leak.command, leak.column, leak.through)
            if mark not in seen:
                seen.add(mark)
                yield leak


def _unmeasured(found: Stage, planned: Worlds, seen: tuple[Observed, ...]) -> Iterator[Unmeasured]:
    """Cells without an answer, one entry for each table; rows that could not be made; values that no row has."""
    why: dict[tuple[str, str], list[str]] = {}
    for cell in seen:
        if cell.access is None:
            why.setdefault((cell.table, cell.why), []).append(f"{cell.role} {cell.command}")
    for (table, reason), what in why.items():
        yield Unmeasured(what=f"{table}: {', '.join(what)}", why=reason)
    told = {table for table, _ in why}
    for handle, reason in found.failed.items():
        table = handle.partition("/")[0]
        if table not in told and not reason.startswith("duplicate key"):
            yield Unmeasured(what=f"the row {handle.partition('/')[2]} of {table}", why=reason)
    for text in planned.untried:
        yield Unmeasured(what=text.partition(": ")[0], why=text.partition(": ")[2])
