"""Mutation of policies: each mutant is made inside a savepoint, and the cases say whether they notice."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final, Protocol

from msgspec import Struct

from policytool.catalog.build.platform import Platform
from policytool.catalog.model import Name
from policytool.catalog.objects import Catalog
from policytool.postgres.session import Broken, Identity, Session
from policytool.testing.mutation.equivalent import Reasoner, with_table
from policytool.testing.mutation.mutants import Mutant, mutants
from policytool.testing.mutation.reach import Difference, Key, Measure, Reach, difference
from policytool.testing.mutation.score import Mutated, Score, Status
from policytool.testing.mutation.touches import Reader, Touches

_UNTOLD: Final = "neither the rows that are there tell, nor such with another value in a column that policies look at"
API_ROLES: Final = ("anon", "authenticated")


class Case(Protocol):
    """Something that holds or not."""

    @property
    def name(self) -> str:
        """What it is called in a report."""

    @property
    def texts(self) -> Collection[str]:
        """SQL, or names of tables and functions, that say where it goes."""

    # What is known of it besides; it only matters for what is tried first.
    @property
    def command(self) -> str:
        """What it does, '' where that is not one command."""

    @property
    def role(self) -> str:
        """As which role, '' where there are several."""

    @property
    def denies(self) -> bool | None:
        """Whether it holds where somebody is denied something."""


class CaseFile(Struct, frozen=True, kw_only=True):
    """The cases of one file, on a session that is inside a transaction; the rows are there.

    `begin` gives what tries a case as things stand now, and leaves nothing behind; it may keep what it learns, and is
    asked anew once things are different. `names` says what rows are called, by table and ctid.
    """

    session: Session
    cases: Sequence[Case]
    begin: Callable[[], Callable[[int], bool]]  # from the number of a case to whether it holds
    actors: Mapping[str, Identity]
    names: Mapping[tuple[Name, str], str] = {}


def mutate(
    catalog: Catalog,
    platform: Platform,
    tested: Sequence[CaseFile],
    *,
    tables: Collection[Name] | None = None,
    part: tuple[int, int] = (0, 1),
    progress: Callable[[str], None] = lambda _: None,
) -> Score:
    """Make every mutant of the policies of a catalog in turn and see which are noticed.

    Cases that do not hold to begin with are left out. `tables` limits which tables are mutated; `part` is (which, of
    how many) where others do the rest.
    """
    started = time.perf_counter()
    roles = {who.role for file in tested for who in file.actors.values()}
    clients: list[str] = [r for r in API_ROLES if r in catalog.roles] or sorted(roles)
    made = list(mutants(catalog, clients, tables))[part[0] :: part[1]]
    touches = Touches(catalog)
    readers = {m.table: touches.readers(m.table) for m in made}
    reasoner = Reasoner(catalog, platform, {*roles, *clients}, readers)
    files = [_File(file, catalog, touches) for file in tested]
    results = []
    for at, mutant in enumerate(made, start=1):
        progress(f"mutant {at} of {len(made)}: {mutant.table[0]}.{mutant.table[1]}")
        why = reasoner.why(mutant)
        results.append(
            _kept(mutant, "equivalent", why) if why else _judged(mutant, files, readers[mutant.table], reasoner)
        )
    failing = tuple(name for file in files for name in file.failing)
    return Score(results=tuple(results), failing=failing, seconds=time.perf_counter() - started)


def _judged(mutant: Mutant, files: Sequence[_File], readers: Collection[Reader], reasoner: Reasoner) -> Mutated:
    refused = ""
    for file in sorted(files, key=lambda f: -f.interest(mutant.table)):
        with file.session.savepoint():
            refused = file.make(mutant)
            if refused:
                break
            killer = file.killer(mutant)
            if killer:
                return _kept(mutant, "killed", killer)
    if refused:
        return _kept(mutant, "failed", refused)
    return _survivor(mutant, files, {mutant.table, *(name for name, _ in readers)}, reasoner)


def _survivor(mutant: Mutant, files: Sequence[_File], tables: Collection[Name], reasoner: Reasoner) -> Mutated:
    """Noticed by no case: what it changes, over the rows that there are, and others much like them."""
    found = [(file, told) for file in files if (told := file.told(mutant, tables)) is not None]
    if found:
        file, told = min(found, key=lambda pair: not pair[1].key.seeded)
        return _kept(mutant, "survived" if told.key.seeded else "unseeded", file.measure.described(told))
    if why := reasoner.same_rows(mutant):
        return _kept(mutant, "equivalent", why)
    if not any(file.measure.has_rows(mutant.table) for file in files):
        return _kept(mutant, "unseeded", f"no row of {mutant.table[0]}.{mutant.table[1]} is there")
    if missing := _missing(mutant, files):
        return _kept(mutant, "unseeded", missing)
    return _kept(mutant, "untold", _UNTOLD)


def _missing(mutant: Mutant, files: Sequence[_File]) -> str:
    """What no row is there for: one that a policy admits, or keeps back."""
    if mutant.policy is None or mutant.kind not in ("policy dropped", "policy opened"):
        return ""
    wanted = (mutant.kind == "policy dropped") is mutant.policy.permissive
    if any(wanted in file.said(mutant) for file in files):
        return ""
    return f"no row is there that it {'admits' if wanted else 'keeps back'}"


def _kept(mutant: Mutant, status: Status, note: str) -> Mutated:
    return Mutated(
        kind=mutant.kind,
        table=f"{mutant.table[0]}.{mutant.table[1]}",
        policy=mutant.policy.name if mutant.policy is not None else "",
        text=mutant.text,
        location=mutant.location,
        status=status,
        note=note,
    )


class _File:
    """One file's cases: which come to which table, and what killed before, first."""

    def __init__(self, tested: CaseFile, catalog: Catalog, touches: Touches) -> None:
        self.session = tested.session
        self._catalog = catalog
        self._tested = tested
        holds = tested.begin()
        self._held = [at for at in range(len(tested.cases)) if holds(at)]
        self.failing = [case.name for at, case in enumerate(tested.cases) if at not in set(self._held)]
        self._reach = {at: touches.of(tested.cases[at].texts) for at in self._held}
        self._direct = {at: frozenset(tested.cases[at].texts) for at in self._held}
        self._kills = dict.fromkeys(self._held, 0)
        self.measure = Measure(tested.session, tested.actors, tested.names)
        self.measure.prepare(catalog, [t for t in catalog.tables.values() if t.policies or t.origin is None])
        self._before: dict[Name, Reach] = {}

    def interest(self, table: Name) -> int:
        """How many cases name the table."""
        return sum(table[1] in texts for texts in self._direct.values())

    def make(self, mutant: Mutant) -> str:
        """Change the database; why that cannot be done, or ''."""
        return self.session.bypass(mutant.sql, keep=True).message

    def killer(self, mutant: Mutant) -> str:
        """The first case found that no longer holds; ''."""
        holds = self._tested.begin()
        for at in self._order(mutant):
            try:
                held = holds(at)
            except Broken:
                held = False
            if not held:
                self._kills[at] += 1
                return self._tested.cases[at].name
        return ""

    def told(self, mutant: Mutant, tables: Collection[Name]) -> Difference | None:
        """Something that an actor would reach, or no longer."""
        before: dict[Key, frozenset[str]] = {}
        for name in tables:
            if name not in self._before:
                self._before[name] = self.measure.reach(self._catalog, [name])
            before.update(self._before[name])
        with self.session.savepoint():
            if self.make(mutant):
                return None
            after = self.measure.reach(with_table(self._catalog, mutant.after), tables)
        return difference(before, after)

    def said(self, mutant: Mutant) -> frozenset[bool]:
        """What the policy, as it stands, says of the rows that are there."""
        return self.measure.said(self._catalog, mutant.before, mutant.policy) if mutant.policy else frozenset()

    def _order(self, mutant: Mutant) -> Iterator[int]:
        """The cases that may come to the table: those first that are likeliest to notice."""
        table, cases = mutant.table, self._tested.cases
        found = [at for at, reached in self._reach.items() if reached is None or table in reached]

        def unlikely(at: int) -> tuple[object, ...]:
            case = cases[at]
            return (
                table[1] not in self._direct[at],
                bool(mutant.grantee) and case.role not in ("", mutant.grantee),
                case.denies is not None and case.denies is not mutant.widens,
                bool(mutant.commands) and case.command not in ("", *mutant.commands),
                -self._kills[at],
                at,
            )

        yield from sorted(found, key=unlikely)
