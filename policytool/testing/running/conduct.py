"""Runs all that was collected: a server for each source, a copy of its database for each file and worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from policytool.catalog.build import Built
from policytool.config import PlatformName
from policytool.postgres.entitled import entitled
from policytool.source.model import Project
from policytool.testing.ground import Ground, ground
from policytool.testing.pgtap import run_suites, seed_files
from policytool.testing.running.collect import Collected, NoTests, PolicyFile
from policytool.testing.running.keyword import keyword
from policytool.testing.running.results import Result, TestRun
from policytool.testing.running.run import Prepared, prepared, started
from policytool.testing.running.spoken_of import untested
from policytool.testing.running.tapped import results_of
from policytool.testing.suites.read import read_suite
from policytool.testing.suites.suite import Suite
from policytool.testing.suites.yamlfile import BadSuite, Problem

if TYPE_CHECKING:
    from policytool.postgres.providers import Provider

Load = Callable[[str, PlatformName | None], tuple[Project, Built]]
PROFILES: Final[dict[str, PlatformName]] = {"explicit": "supabase-explicit", "legacy": "supabase-legacy"}
_FEW: Final = 40  # cases that are not worth another copy of the database


class Options(Struct, frozen=True, kw_only=True):
    """What is asked of a run. `hold` is given the ways to the databases before they go."""

    grants: str | None = None
    platform: PlatformName | None = None
    keyword: str | None = None
    exit_first: bool = False
    workers: int = 1
    explain: bool = True
    hold: Callable[[TestRun, Sequence[str]], None] | None = None


class Unit(Struct, frozen=True, kw_only=True):
    """Files that are tried on one ground."""

    source: str
    platform: PlatformName | None
    grants: str
    suites: tuple[Suite, ...]
    project: Project
    built: Built
    taps: bool


def conduct(
    collected: Collected,
    load: Load,
    provider: Provider,
    options: Options,
    *,
    source: str,
    seen: Callable[[Result], None] = lambda _: None,
    begun: Callable[[str], None] = lambda _: None,
    progress: Callable[[str], None] = lambda _: None,
) -> TestRun:
    """Run everything. All files are read before a server is started; `source` is that of the pgTAP suites.

    `begun` is told each server, `seen` each result as it comes. Raises BadSuite, NoTests and BadActor.
    """
    began = time.perf_counter()
    found_units = units(collected, load, options, source)
    conductor = _Conductor(collected, provider, options, progress)
    results: list[Result] = []
    servers: list[str] = []
    notes: list[str] = []
    with ExitStack() as held:
        for unit in found_units:
            with ExitStack() as own:
                stack = held if options.hold else own
                found = conductor.begin(unit, stack)
                servers.append(told(unit, found))
                begun(servers[-1])
                if found.standins:
                    notes.append(f"stand-ins for extensions, made of SQL alone: {', '.join(found.standins)}")
                for result in conductor.run(unit, found, stack):
                    results.append(result)
                    seen(result)
                    if options.exit_first and not result.passed:
                        break
            if options.exit_first and results and not results[-1].passed:
                break
        if not results:
            raise NoTests(f"no case fits -k {options.keyword!r}", hint="a case is found by its file and its name")
        run = TestRun(
            results=tuple(results),
            servers=tuple(dict.fromkeys(servers)),
            notes=tuple(dict.fromkeys(notes)),
            untested=_untested(found_units) if collected.all_of_it and not options.keyword else (),
            seconds=time.perf_counter() - began,
        )
        if options.hold:
            options.hold(run, conductor.ways)
    return run


def _untested(found: Sequence[Unit]) -> tuple[str, ...]:
    """The tables that no policy test is about; nothing is said of sources that have pgTAP suites alone."""
    tables: dict[str, None] = {}
    for source in dict.fromkeys(unit.source for unit in found if unit.suites):
        mine = [unit for unit in found if unit.source == source]
        suites = [suite for unit in mine for suite in unit.suites]
        tables |= dict.fromkeys(untested(suites, mine[0].built.catalog, mine[0].built.platform.exposed_schemas))
    return tuple(tables)


def units(collected: Collected, load: Load, options: Options, source: str) -> list[Unit]:
    """What is to be tried together, every file read. Raises BadSuite with the mistakes of all files."""
    files: dict[tuple[str, PlatformName | None], list[PolicyFile]] = {}
    plain = cache(lambda where: load(where, None)[1].platform.family == "postgres")
    for file in collected.files:
        for platform in _platforms(file, options, plain):
            files.setdefault((file.source, platform), []).append(file)
    chosen = _chosen(options.grants, options.platform, partial(plain, source)) if collected.suites else ()
    taps = [(source, platform) for platform in chosen]
    for key in taps:
        files.setdefault(key, [])
    found: list[Unit] = []
    problems: list[Problem] = []
    for (where, platform), mine in files.items():
        project, built = load(where, platform)
        suites = []
        for file in mine:
            try:
                schemas = built.platform.exposed_schemas
                suites.append(read_suite(file.path, file.text, built.catalog, schemas=schemas))
            except BadSuite as bad:
                problems += bad.problems
        found.append(Unit(
            source=where, platform=platform, grants=_grants(built), suites=tuple(suites), project=project,
            built=built, taps=(where, platform) in taps,
        ))  # fmt: skip
    if problems:
        raise BadSuite(dict.fromkeys(problems))
    return found


def told(unit: Unit, found: Ground) -> str:
    """On what it is tried, in a line."""
    grants = f", {unit.grants} grants" if unit.grants else ""
    where = f"{found.server.provider} PostgreSQL {found.server.version}"
    source = f", {unit.project.label}" if unit.project.label != "." else ""
    return f"{where}, {unit.built.platform.name}{grants}{source}"


def _platforms(file: PolicyFile, options: Options, plain: Callable[[str], bool]) -> tuple[PlatformName | None, ...]:
    named: PlatformName | None = options.platform or file.head.platform
    return _chosen(options.grants or file.head.grants, named, partial(plain, file.source))


def _chosen(
    grants: str | None, named: PlatformName | None, plain: Callable[[], bool]
) -> tuple[PlatformName | None, ...]:
    """The platforms to try on; what the API roles are granted is nothing to a plain Postgres."""
    if grants is None or named == "postgres" or (named is None and plain()):
        return (named,)
    return tuple(PROFILES[each] for each in (PROFILES if grants == "both" else (grants,)))


def _grants(built: Built) -> str:
    """By which default the API roles have privileges; nothing where it is the project's own timeline."""
    return next((grants for grants, name in PROFILES.items() if built.platform.name == name), "")


class _Conductor:
    def __init__(
        self, collected: Collected, provider: Provider, options: Options, progress: Callable[[str], None]
    ) -> None:
        self._collected = collected
        self._provider = provider
        self._options = options
        self._progress = progress
        self._fits = keyword(options.keyword)
        self.ways: list[str] = []

    def begin(self, unit: Unit, stack: ExitStack) -> Ground:
        found = stack.enter_context(ground(unit.project, unit.built, self._provider, progress=self._progress))
        stack.enter_context(entitled(found.server))
        return found

    def run(self, unit: Unit, found: Ground, stack: ExitStack) -> Iterator[Result]:
        if self._options.workers > 1 and not self._options.hold:
            yield from self._parallel(unit, found)
        else:
            for suite in unit.suites:
                yield from self._suite(unit, found, suite, stack)
        if unit.taps:
            yield from self._taps(unit, found)

    def _suite(self, unit: Unit, found: Ground, suite: Suite, stack: ExitStack) -> Iterator[Result]:
        with ExitStack() as own:
            ready = (stack if self._options.hold else own).enter_context(prepared(found, suite))
            if self._options.hold:
                self.ways.append(f"psql {found.server.dsn(ready.actors.database)!r}  # {suite.path}")
            runner = own.enter_context(started(ready, grants=unit.grants, explain=self._options.explain))
            for number in self._wanted(ready):
                yield runner.run(ready.cases[number])

    def _wanted(self, ready: Prepared) -> list[int]:
        return [n for n, case in enumerate(ready.cases) if self._fits(f"{ready.suite.path} {case.name}")]

    def _parallel(self, unit: Unit, found: Ground) -> Iterator[Result]:
        """Each worker has a copy of its own; results come in the order of the files."""
        workers = self._options.workers
        with ThreadPoolExecutor(workers) as pool:
            futures: list[list[Future[dict[int, Result]]]] = [
                [pool.submit(self._part, unit, found, suite, part, workers) for part in range(workers)]
                for suite in unit.suites
            ]
            try:
                for parts in futures:
                    gathered: dict[int, Result] = {}
                    for part in parts:
                        gathered |= part.result()
                    yield from (gathered[number] for number in sorted(gathered))
            finally:
                for part in (part for parts in futures for part in parts):
                    part.cancel()

    def _part(self, unit: Unit, found: Ground, suite: Suite, part: int, workers: int) -> dict[int, Result]:
        with prepared(found, suite) as ready:
            wanted = self._wanted(ready)
            mine = wanted[part::workers] if len(wanted) > _FEW else wanted if part == 0 else []
            with started(ready, grants=unit.grants, explain=self._options.explain) as runner:
                return {number: runner.run(ready.cases[number]) for number in mine}

    def _taps(self, unit: Unit, found: Ground) -> Iterator[Result]:
        fitting = [suite for suite in self._collected.suites if self._fits(suite.path)]
        if not fitting:
            return
        # What only prepares others is run whatever -k says.
        chosen = [suite for suite in self._collected.suites if suite in fitting or not suite.plans]
        seeds = seed_files(self._collected.root)
        for suite in run_suites(found.server, found.template, chosen, seeds=seeds, progress=self._progress):
            yield from results_of(suite, unit.grants)
