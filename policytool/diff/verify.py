"""The proof of a plan: it is run on a throwaway server that holds BEFORE, with rows, and looked at from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.model import Name
from policytool.catalog.spelling import qualified
from policytool.diff.announced import Announced
from policytool.diff.mismatch import catalogs, dumps, locked, losses, misread, second
from policytool.diff.older import as_of
from policytool.diff.plan import Plan
from policytool.diff.run import Diff
from policytool.diff.simulator import Done
from policytool.diff.sources import Side as Loaded
from policytool.diff.standing import Apply, CannotStand, Observed, Side, Standing, as_project, standing
from policytool.diff.verification import Verification
from policytool.postgres.providers import Provider
from policytool.postgres.results import ApplyError
from policytool.postgres.rows import Contents, contents
from policytool.postgres.seed import Seeded, seed
from policytool.postgres.watching import Locks, Relations, copied, held, relations
from policytool.source.model import SqlFile

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

TRIES: Final = 8  # to run the plan, each with rows in fewer tables
SPARED: Final = 5  # tables whose rows stopped the plan, after which it is run without any
_DATA: Final = ("22", "23")  # classes of errors about values


def verified(diff: Diff, sides: tuple[Loaded, Loaded], provider: Provider) -> Diff:
    """A diff with the proof of its plan; `sides` are what BEFORE and AFTER were read from."""
    plan = diff.plan
    before, after = (
        Side(label=side.label, catalog=catalog, files=() if side.loaded is None else tuple(side.loaded.project.files))
        for side, catalog in zip(sides, (plan.before, plan.after), strict=True)
    )
    return replace(diff, verification=verify(plan, before, after, provider, withheld=diff.aside))


def verify(
    plan: Plan,
    before: Side,
    after: Side,
    provider: Provider,
    *,
    withheld: frozenset[int] = frozenset(),
    apply: Apply = as_project,
) -> Verification:
    """Run a plan on a server of the provider, whole, and without the statements that are withheld."""
    proof = _Proof(plan, before, provider, apply)
    try:
        with standing(after, plan.platform, provider, apply) as there:
            proof.server = f"PostgreSQL {there.server.version}"
            wanted = as_of(there.observed(), plan.platform.major_version)
            proof.notes += (*there.notes, *misread(plan.after, wanted.catalog, after.label))
        outcome = proof.whole(wanted)
        if withheld and not outcome.problems:
            outcome = replace(outcome, problems=tuple(proof.written(withheld)))
        return outcome
    except CannotStand as failed:
        return proof.outcome([failed.message])


class _Stop(Exception):
    """A plan cannot go on: at which statement, why, and whether something was committed by then."""

    def __init__(self, ordinal: int | None, error: ApplyError, segment: int) -> None:
        self.ordinal, self.error, self.segment = ordinal, error, segment

    @property
    def message(self) -> str:
        return f"{self.error.statement.strip().partition(chr(10))[0]}: {self.error.message} ({self.error.sqlstate})"


class _Run(Struct, frozen=True, kw_only=True):
    """What a plan did: rows before and after it, and what was seen in each segment."""

    database: str
    before: Contents
    after: Contents
    seen: tuple[tuple[int, Relations, Locks, frozenset[int]], ...]


class _Proof:
    def __init__(self, plan: Plan, before: Side, provider: Provider, apply: Apply) -> None:
        self._plan, self._before, self._provider, self._apply = plan, before, provider, apply
        self.announced = Announced(plan)
        self.server = ""
        self.notes: tuple[str, ...] = ()
        self.unannounced: list[str] = []
        self._seeded = Seeded()
        self._skipped: set[Name] = set()
        self._bare = False  # no rows at all
        self._without_files = False
        self._spares = 0

    def outcome(self, problems: list[str], run: _Run | None = None) -> Verification:
        """What is said in the end."""
        empty = [f"{qualified(*key)} ({why})" for key, why in self._seeded.empty.items() if key not in self._skipped]
        told = [f"no rows were made for {', '.join(empty)}"] if empty and not self._bare else []
        rows = run.before.values() if run is not None else ()
        return Verification(
            server=self.server,
            problems=(*self.unannounced, *problems),
            notes=(*dict.fromkeys(self.notes), *told),
            statements=len(self._plan.statements),
            tables=len(rows),
            rows=sum(one.rows for one in rows),
        )

    def whole(self, wanted: Observed) -> Verification:
        """Run all statements; a table whose rows stop the plan, as it says that they may, goes without rows."""
        for _ in range(TRIES):
            with self._standing() as there:
                self.notes += there.notes
                try:
                    run = self._tried(there, frozenset())
                except _Stop as stop:
                    if not self._goes_on(stop, there):
                        return self.outcome([f"the plan stops: {stop.message}"])
                    continue
                return self.outcome(list(self._judged(there, run, wanted)), run)
        return self.outcome(["the plan stops at the rows of many tables"])

    def written(self, withheld: frozenset[int]) -> Iterator[str]:
        """What goes wrong where only the statements are run that are not withheld; then no row may be gone."""
        with self._standing() as there:
            try:
                run = self._tried(there, withheld)
            except _Stop as stop:
                yield f"without the statements that are withheld the plan stops: {stop.message}"
                return
            yield from losses(run.before, run.after, self.announced, withheld=True)

    def _standing(self) -> AbstractContextManager[Standing]:
        return standing(
            self._before, self._plan.platform, self._provider, self._apply, without_files=self._without_files
        )

    def _tried(self, there: Standing, withheld: frozenset[int]) -> _Run:
        """Run the plan on copies of BEFORE until one goes through; what was committed cannot be tried again."""
        copies = not any(done.sql.startswith("drop role") for done in self._plan.statements)
        while True:
            # A role that is dropped must not be known in another database either.
            database = there.server.create_database(there.database, owner="postgres") if copies else there.database
            if not self._bare:
                catalog = there.catalog()
                self._seeded = seed(there.server, database, catalog, self._plan.after, skip=self._skipped)
            try:
                return self._run(there, database, withheld)
            except _Stop as stop:
                if stop.segment > 0 or not copies or not self._spared(stop):
                    raise
                there.server.drop_database(database)

    def _run(self, there: Standing, database: str, withheld: frozenset[int]) -> _Run:
        server, seen = there.server, []
        with server.administer(database) as connection:
            rows, first = contents(connection), relations(connection)
        now = first
        numbered = [(n, done) for n, done in enumerate(self._plan.statements) if n not in withheld]
        for count, (segment, group) in enumerate(groupby(numbered, key=lambda one: one[1].segment)):
            locks: Locks = {}
            statements = list(group)
            file = SqlFile(path=f"segment {segment + 1}", text=_text(statements))
            (result,) = self._apply(server, database, [file], partial(_note, locks), there.borrowed)
            if result.error is not None:
                raise _Stop(_which(statements, result.error), result.error, count)
            with server.administer(database) as connection:
                last, now = now, relations(connection)
            seen.append((segment, first, locks, copied(last, now) & first.keys()))
        with server.administer(database) as connection:
            kept = contents(connection, also=rows)
        return _Run(database=database, before=rows, after=kept, seen=tuple(seen))

    def _spared(self, stop: _Stop) -> bool:
        """Whether rows stopped the plan that can be left out; that they may has to be announced."""
        if stop.ordinal is None or not stop.error.sqlstate.startswith(_DATA) or self._bare:
            return False
        kinds = {change.kind for change in self._plan.statements[stop.ordinal].changes}
        if not kinds & {"tables", "domains", "views"}:
            return False
        tables = set(self.announced.tables(stop.ordinal)) - self._skipped
        name, what = self.announced.looks(stop.ordinal), "rows stop the plan"
        if name is not None:
            self.notes += (f"{what}, as {name} says that they may: {stop.message}",)
        else:
            self.unannounced.append(f"{what}, and no hazard says that they may: {stop.message}")
        self._spares += 1
        self._bare = not tables or self._spares >= SPARED
        self._skipped |= tables
        return True

    def _goes_on(self, stop: _Stop, there: Standing) -> bool:
        """Whether another try makes sense: with fewer rows, or without those that the files themselves insert."""
        if self._spared(stop):
            return True
        if not stop.error.sqlstate.startswith(_DATA) or not there.from_files or self._without_files:
            return False
        self._without_files, self._bare = True, self._spares >= SPARED
        return True

    def _judged(self, there: Standing, run: _Run, wanted: Observed) -> Iterator[str]:
        got = as_of(there.observed(run.database), self._plan.platform.major_version)
        yield from catalogs(got.catalog, wanted.catalog)
        yield from dumps(got.dump, wanted.dump)
        yield from losses(run.before, run.after, self.announced)
        yield from second(got.catalog, wanted.catalog, self._plan.platform)
        for segment, known, locks, again in run.seen:
            yield from locked(segment, known, locks, again, self.announced)


def _note(locks: Locks, connection: Connection) -> None:
    locks.update(held(connection))


def _text(statements: list[tuple[int, Done]]) -> str:
    return "set check_function_bodies = off;\n" + "".join(f"{done.sql};\n" for _, done in statements)


def _which(statements: list[tuple[int, Done]], error: ApplyError) -> int | None:
    wanted = error.statement.strip().rstrip(";")
    return next((number for number, done in statements if done.sql.strip() == wanted), None)
