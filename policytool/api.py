"""The library: load a source, build its catalog, audit it. The command line is a thin layer over this."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from msgspec import Struct, structs

from policytool.catalog.build.choose import DEFAULT_SCHEMAS as DEFAULT_SCHEMAS
from policytool.catalog.build.choose import choose_platform as choose_platform
from policytool.catalog.build.choose import configured
from policytool.config import Config, PlatformName
from policytool.errors import NothingToAudit, UsageError
from policytool.source import read
from policytool.source.database import is_database
from policytool.source.model import Project, ProjectConfig, SqlFile
from policytool.source.snapshot import is_snapshot, read_snapshot

if TYPE_CHECKING:
    from policytool.access.matrix import Cell
    from policytool.audit.fixes import Plan, Wanted
    from policytool.audit.outcome import Audit
    from policytool.audit.own_rules import OwnRules
    from policytool.audit.run import Selection
    from policytool.audit.since import Base
    from policytool.catalog.build import Built
    from policytool.catalog.build.platform import Platform
    from policytool.catalog.model import Function, Table, View
    from policytool.diff.renames import Rename
    from policytool.diff.run import Diff, Options
    from policytool.postgres.apply import Applied
    from policytool.postgres.observe import Parity
    from policytool.postgres.providers import Provider
    from policytool.report.overview.model import Report, Run
    from policytool.rule import Context
    from policytool.testing.deciding.inquiry import Reply
    from policytool.testing.mutation.mutate_suites import Mutation
    from policytool.testing.observed.difference import Changed
    from policytool.testing.observed.matrix import Measured
    from policytool.testing.observed.switches import Switches
    from policytool.testing.running.collect import PolicyFile
    from policytool.testing.running.conduct import Options as TestOptions
    from policytool.testing.running.results import Result, TestRun


class Loaded(Struct, frozen=True, kw_only=True):
    """A source with its catalog."""

    project: Project
    built: Built
    config: Config
    base: Base | None = None  # of `load_since`


def load(
    source: str | None = None,
    *,
    config: Config | None = None,
    platform: PlatformName | None = None,
    as_tool: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Loaded:
    """Read a source and build its catalog. Runs nothing; bad SQL is recorded in the catalog, never raised.

    A snapshot file and a database hold the catalog already: they come without files, statements and journal.

    Raises SourceError when the source cannot be read and NothingToAudit when it holds no statement.
    """
    config = config or Config()
    progress("reading")
    source = source or config.source or "."
    if is_database(source):
        return _load_database(source, config, platform, progress)
    if is_snapshot(source):
        return _load_snapshot(source, config, platform)
    project = read(source, as_tool=as_tool, max_bytes=config.max_bytes)
    return _load_files(project, config, platform, progress)


def _load_files(
    project: Project,
    config: Config,
    platform: PlatformName | None,
    progress: Callable[[str], None],
    fold: Callable[[Sequence[SqlFile], Platform], Built] | None = None,
) -> Loaded:
    from policytool.catalog.build import build

    progress(f"folding {len(project.files)} files")
    built = (fold or build)(project.files, choose_platform(project, config, platform))
    if not built.statements and not built.catalog.unmodelled:
        raise NothingToAudit(
            f"{project.label} holds no SQL statement", hint="name the folder that holds your migrations"
        )
    return Loaded(project=project, built=built, config=config)


def load_since(
    ref: str,
    source: str | None = None,
    *,
    config: Config | None = None,
    platform: PlatformName | None = None,
    as_tool: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Loaded:
    """Read a source as it is and as it was where its history left `ref`; `audit` then says what is new.

    Raises SourceError where git cannot tell, with the command that mends it where there is one.
    """
    from policytool.audit.since import build_both
    from policytool.source.since import read_before

    config = config or Config()
    source = source or config.source or "."
    progress(f"reading {ref}")
    before = read_before(source, ref, as_tool=as_tool, max_bytes=config.max_bytes)
    project = read(source, as_tool=as_tool, max_bytes=config.max_bytes)
    chosen = choose_platform(project, config, platform)
    then = choose_platform(before.project, config, chosen.name) if before.project else chosen  # type: ignore[arg-type]
    progress(f"folding {len(project.files)} files")
    built, base = build_both(before, project.files, chosen, then.exposed_schemas)
    return Loaded(project=project, built=built, config=config, base=base)


def load_applied(
    source: str | None = None,
    *,
    config: Config | None = None,
    platform: PlatformName | None = None,
    as_tool: bool = False,
    postgres: str = "auto",
    major: int | None = None,
    declared: bool = False,
    keep_going: bool = False,
    strict: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Loaded:
    """Read a source, run its files on a throwaway server, and take the catalog from there.

    Raises MigrationFailed where a file fails and `keep_going` does not say to go on without it.
    """
    from policytool.postgres.applied_catalog import on_a_server
    from policytool.postgres.providers import choose

    loaded = load(source, config=config, platform=platform, as_tool=as_tool, progress=progress)
    if not loaded.project.files:
        raise UsageError(f"{loaded.project.label} holds no migrations to apply", hint="leave --apply out")
    progress(f"applying {len(loaded.project.files)} files")
    provider = choose(postgres, major, declared=declared)
    project, built = on_a_server(loaded.project, loaded.built, provider, keep_going=keep_going, strict=strict)
    return structs.replace(loaded, project=project, built=built)


def _load_database(
    source: str, config: Config, platform: PlatformName | None, progress: Callable[[str], None]
) -> Loaded:
    from policytool.catalog.build import Built
    from policytool.catalog.introspect.database import inspect

    progress("connecting")
    found = inspect(
        source,
        named=platform or config.platform,
        why="as --platform says" if platform else configured(config),
        exposed_schemas=config.exposed_schemas,
        default_schemas=DEFAULT_SCHEMAS,
        progress=progress,
    )
    built = Built(catalog=found.catalog, statements=(), journal=(), platform=found.platform)
    return Loaded(project=found.project, built=built, config=config)


def _load_snapshot(source: str, config: Config, platform: PlatformName | None) -> Loaded:
    from policytool.catalog import snapshot
    from policytool.catalog.build import Built

    found = snapshot.load(read_snapshot(source, max_bytes=config.max_bytes), label=source)
    settings = ProjectConfig(exposed_schemas=found.exposed_schemas, major_version=found.major_version)
    project = Project(label=source, layout="snapshot", files=(), config=settings)
    known: PlatformName | None = next((n for n in get_args(PlatformName) if n == found.catalog.platform), None)
    chosen = choose_platform(project, config, platform or config.platform or known)
    if platform is None and config.platform is None and known is not None:
        chosen = structs.replace(chosen, why="as the snapshot says")
    return Loaded(
        project=project,
        built=Built(catalog=found.catalog, statements=(), journal=(), platform=chosen),
        config=config,
    )


def audit(
    loaded: Loaded,
    *,
    selection: Selection | None = None,
    baseline: str | Path | None = None,
    rules: OwnRules | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Audit:
    """Run the rules over a loaded source, and leave out what the baseline holds."""
    from policytool.audit.pipeline import report
    from policytool.audit.selection import Selection

    progress("auditing")
    selection = selection or Selection(select=loaded.config.select, persona=loaded.config.persona)
    return report(
        loaded.project,
        loaded.built,
        loaded.config,
        selection=selection,
        base=loaded.base,
        baseline=None if baseline is None else Path(baseline),
        own=rules,
    )


def fixes(
    source: str | None = None,
    *,
    config: Config | None = None,
    platform: PlatformName | None = None,
    as_tool: bool = False,
    wanted: Wanted | None = None,
    selection: Selection | None = None,
    rules: OwnRules | None = None,
    name: str = "policytool_fixes",
    output: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Plan:
    """The migration that mends what is found in a source, proved and not written; `output` is a path of one's own.

    Raises UsageError where the layout cannot have one more file and no path is given.
    """
    from policytool.audit.fixes import Wanted, plan
    from policytool.audit.selection import Selection
    from policytool.catalog.build import Builder
    from policytool.source.new_file import new_file

    config = config or Config()
    source = source or config.source or "."
    if is_database(source) or is_snapshot(source):
        raise UsageError("fixes are proved on migrations", hint="give the folder of migrations that made the database")
    progress("reading")
    project = read(source, as_tool=as_tool, max_bytes=config.max_bytes)
    file = new_file(project, name, output=output)
    progress(f"folding {len(project.files)} files")
    builder = Builder(choose_platform(project, config, platform))
    builder.add(project.files)
    progress("proving the fixes")
    selection = selection or Selection(persona=config.persona)
    return plan(builder, file, config, wanted or Wanted(), selection, rules)


def diff(
    before: str,
    after: str,
    *,
    config: Config | None = None,
    platform: PlatformName | None = None,
    as_tool: bool = False,
    options: Options | None = None,
    accept: Callable[[Rename], bool] = lambda _: False,
    verify: Provider | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Diff:
    """The statements that make BEFORE into AFTER; both are sources, or `empty`. Runs nothing but on throwaway servers.

    With `verify` the plan is run on two servers of that provider, and the diff says what came of it.
    """
    from policytool.catalog.build.twice import BuiltTwice
    from policytool.diff.run import Options, compare
    from policytool.diff.sources import catalog, has_files, hints_of, pair

    settled = config or Config()
    of_files = [source for source in dict.fromkeys((before, after)) if has_files(source)]
    read_ = {source: read(source, as_tool=as_tool, max_bytes=settled.max_bytes) for source in of_files}
    fold = BuiltTwice(*(project.files for project in read_.values())) if len(read_) == 2 else None

    def read_side(source: str, named: str | None) -> Loaded:
        chosen: PlatformName | None = platform or named  # type: ignore[assignment]
        if source in read_:
            return _load_files(read_[source], settled, chosen, progress, fold)
        return load(source, config=config, platform=chosen, as_tool=as_tool, progress=progress)

    one, other, chosen = pair(read_side, before, after)
    progress("planning")
    labels, options = (one.label, other.label), options or Options()
    found = compare(
        catalog(one, chosen),
        catalog(other, chosen),
        chosen,
        labels=labels,
        options=options,
        hints=hints_of(other),
        accept=accept,
    )
    if verify is None:
        return found
    from policytool.diff.verify import verified

    progress("verifying")
    return verified(found, (other, one) if options.down else (one, other), verify)


def parity(
    source: str | None = None,
    *,
    config: Config | None = None,
    platform: PlatformName | None = None,
    as_tool: bool = False,
    postgres: str = "auto",
    major: int | None = None,
    declared: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Parity:
    """Build a source's catalog, apply the same files to a throwaway server, and hold the two against each other."""
    from policytool.postgres.observe import compare
    from policytool.postgres.providers import choose

    config = config or Config()
    progress("reading")
    project = read(source or config.source or ".", as_tool=as_tool, max_bytes=config.max_bytes)
    provider = choose(postgres, major, declared=declared)
    progress(f"applying {len(project.files)} files to {provider.name} Postgres")
    return compare(project, choose_platform(project, config, platform), provider=provider)


@contextmanager
def applied(
    source: str | None = None,
    *,
    config: Config | None = None,
    platform: PlatformName | None = None,
    as_tool: bool = False,
    postgres: str = "auto",
    major: int | None = None,
    declared: bool = False,
    keep_going: bool = False,
    strict: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Applied]:
    """Apply a source to a throwaway server, which lives as long as the `with` block."""
    from policytool.postgres.apply import applied
    from policytool.postgres.providers import choose

    config = config or Config()
    progress("reading")
    project = read(source or config.source or ".", as_tool=as_tool, max_bytes=config.max_bytes)
    if not project.files:
        raise NothingToAudit(f"{project.label} holds no SQL", hint="name the folder that holds your migrations")
    chosen = choose_platform(project, config, platform)
    provider = choose(postgres, major, declared=declared)
    with applied(project, chosen, provider, keep_going=keep_going, strict=strict, progress=progress) as found:
        yield found


def test(
    places: Sequence[str] = (),
    *,
    config: Config | None = None,
    options: TestOptions | None = None,
    postgres: str = "auto",
    major: int | None = None,
    declared: bool = False,
    seen: Callable[[Result], None] = lambda _: None,
    begun: Callable[[str], None] = lambda _: None,
    progress: Callable[[str], None] = lambda _: None,
) -> TestRun:
    """Run policy test files and pgTAP suites on throwaway servers; `seen` is given each result as it comes.

    Raises NoTests where there are none, BadSuite for a file with mistakes, MigrationFailed where a migration fails.
    """
    from policytool.postgres.providers import choose
    from policytool.testing.running.collect import collect, source_of_root
    from policytool.testing.running.conduct import Options as Defaults
    from policytool.testing.running.conduct import conduct

    config = config or Config()
    progress("collecting")
    collected = collect(places, config)

    def load_one(source: str, platform: PlatformName | None) -> tuple[Project, Built]:
        loaded = load(source, config=config, platform=platform, progress=progress)
        return loaded.project, loaded.built

    provider = choose(postgres, major, declared=declared)
    root = source_of_root(collected.root, config)
    return conduct(
        collected, load_one, provider, options or Defaults(), source=root, seen=seen, begun=begun, progress=progress
    )


def mutate(
    places: Sequence[str] = (),
    *,
    config: Config | None = None,
    options: TestOptions | None = None,
    postgres: str = "auto",
    major: int | None = None,
    declared: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Mutation, ...]:
    """Which mistakes in policies and grants the policy test files would notice, for each of their sources.

    Raises NoTests where there are no such files, BadSuite for a file with mistakes.
    """
    from policytool.postgres.providers import choose
    from policytool.testing.mutation.mutate_suites import mutations
    from policytool.testing.running.collect import collect, source_of_root
    from policytool.testing.running.conduct import Options as Defaults

    config = config or Config()
    progress("collecting")
    collected = collect(places, config)

    def load_one(source: str, platform: PlatformName | None) -> tuple[Project, Built]:
        loaded = load(source, config=config, platform=platform, progress=progress)
        return loaded.project, loaded.built

    provider = choose(postgres, major, declared=declared)
    root = source_of_root(collected.root, config)
    return tuple(mutations(collected, load_one, provider, options or Defaults(), source=root, progress=progress))


def why(
    actor: str,
    command: str,
    target: str,
    *,
    source: str | None = None,
    tests: Sequence[str] = (),
    config: Config | None = None,
    platform: PlatformName | None = None,
    as_tool: bool = False,
    postgres: str = "auto",
    major: int | None = None,
    declared: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Reply:
    """Whether an actor may do something to a table, or to a row of it (`orders.o2`, `orders.id=5`), and why.

    Actors and rows are those of the policy tests of the same migrations; a role of the database, `user:UUID` and
    column=value do without. Raises UsageError for what is not there.
    """
    from policytool.postgres.providers import choose
    from policytool.testing.deciding.inquiry import inquire, question
    from policytool.testing.ground import ground
    from policytool.testing.suites.read import read_suite

    config = config or Config()
    source, files = _tests_of(source, tests, config)
    loaded = load(source, config=config, platform=platform, as_tool=as_tool, progress=progress)
    catalog, schemas = loaded.built.catalog, loaded.built.platform.exposed_schemas
    asked = question(catalog, actor, command, target)
    suites = [read_suite(file.path, file.text, catalog, schemas=schemas) for file in files]
    provider = choose(postgres, major, declared=declared)
    with ground(loaded.project, loaded.built, provider, progress=progress) as found:
        progress("trying")
        return inquire(found, suites, asked)


def _tests_of(source: str | None, tests: Sequence[str], config: Config) -> tuple[str, tuple[PolicyFile, ...]]:
    """The source, and the policy tests that are for it; those that are named tell which it is."""
    from policytool.testing.running.collect import NoTests, collect

    try:
        files = collect(tests, config).files
    except NoTests:
        files = ()
    if source is None and tests and files:
        source = files[0].source
    source = source or config.source or "."
    return source, tuple(file for file in files if tests or _same_place(file.source, source))


def _same_place(one: str, other: str) -> bool:
    return one == other or Path(one).resolve() == Path(other).resolve()


def test_owned(
    url: str,
    name: str | None,
    places: Sequence[str] = (),
    *,
    config: Config | None = None,
    options: TestOptions | None = None,
    seen: Callable[[Result], None] = lambda _: None,
    begun: Callable[[str], None] = lambda _: None,
    progress: Callable[[str], None] = lambda _: None,
) -> TestRun:
    """Run policy test files in a database that is not throwaway, in one transaction that is rolled back.

    `name` is what the database is called, to be sure. Raises UsageError where something could not be taken back.
    """
    from policytool.testing.running.collect import collect
    from policytool.testing.running.conduct import Options as Defaults
    from policytool.testing.running.owned import conduct_owned

    options, config = options or Defaults(), config or Config()
    files = collect(places, config).files
    loaded = load(url, config=config, platform=options.platform, progress=progress)
    return conduct_owned(
        url, name, files, loaded.built,
        chosen=options.keyword, exit_first=options.exit_first, seen=seen, begun=begun,
    )  # fmt: skip


def first_test(
    path: str,
    *,
    config: Config | None = None,
    platform: PlatformName | None = None,
    postgres: str = "auto",
    major: int | None = None,
    declared: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> str:
    """The text of a first policy test for the migrations that a file at `path` would be for; it passes."""
    from policytool.postgres.providers import choose
    from policytool.testing.ground import ground
    from policytool.testing.init import first_test as write_first
    from policytool.testing.running.collect import source_of

    config = config or Config()
    loaded = load(source_of(Path(path), None, config), config=config, platform=platform, progress=progress)
    provider = choose(postgres, major, declared=declared)
    with ground(loaded.project, loaded.built, provider, progress=progress) as found:
        progress("trying")
        return write_first(found, path=path)


def matrix(loaded: Loaded, *, roles: tuple[str, ...] = (), schemas: tuple[str, ...] = ()) -> tuple[Cell, ...]:
    """What each role may do to the rows of the user's tables and views, and which functions it may call.

    By default the roles that clients act as, and service_role; on a plain Postgres those that the SQL makes as well.
    Raises UsageError for a role or schema that is not there.
    """
    from policytool.access.matrix import matrix as cells

    found = context(loaded)
    shown = _subjects(found, roles, schemas)
    return tuple(cells(found.access, roles or roles_met(found), shown))


def _subjects(found: Context, roles: tuple[str, ...], schemas: tuple[str, ...]) -> list[Table | View | Function]:
    from policytool.audit.walk import own_functions, own_tables, own_views

    for noun, names, known in (("role", roles, found.catalog.roles), ("schema", schemas, found.catalog.schemas)):
        for name in names:
            if name not in known:
                has = ", ".join(sorted(known))
                raise UsageError(f"there is no {noun} {name!r} in the catalog", hint=f"it has {has}")
    called = (f for f in own_functions(found) if f.returns not in ("trigger", "event_trigger"))
    items: list[Table | View | Function] = [*own_tables(found), *own_views(found), *called]
    shown = [item for item in items if not schemas or item.schema in schemas]
    return sorted(shown, key=lambda item: (item.schema, item.name))


def measure(
    loaded: Loaded,
    *,
    roles: tuple[str, ...] = (),
    schemas: tuple[str, ...] = (),
    postgres: str = "auto",
    major: int | None = None,
    declared: bool = False,
    keep_going: bool = False,
    also: Switches | None = None,
    leaks: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Measured:
    """The matrix as a throwaway server shows it: everything is tried, on rows made up for it, and undone.

    `also` is what another source's policies go by, so that the same rows are tried on both.
    Raises MigrationFailed where a file fails and `keep_going` does not say to go on without it.
    """
    from policytool.postgres.providers import choose
    from policytool.testing.observed.matrix import Question
    from policytool.testing.observed.matrix import measure as measured

    if not loaded.project.files:
        raise UsageError(f"{loaded.project.label} holds no migrations to apply", hint="leave --observed out")

    def ask(built: Built) -> Question:
        asked = structs.replace(loaded, built=built)
        found = context(asked)
        subjects = tuple(_subjects(found, roles, schemas))
        predicted = matrix(asked, roles=roles, schemas=schemas)
        return Question(access=found.access, subjects=subjects, roles=roles or roles_met(found), predicted=predicted)

    provider = choose(postgres, major, declared=declared)
    return measured(
        loaded.project,
        loaded.built,
        provider,
        ask,
        keep_going=keep_going,
        also=also,
        leaks=leaks,
        progress=progress,
    )


def diff_observed(
    before: str,
    after: str,
    *,
    config: Config | None = None,
    platform: PlatformName | None = None,
    as_tool: bool = False,
    postgres: str = "auto",
    major: int | None = None,
    declared: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Changed, ...]:
    """Who reaches which rows after, and did not before, measured on throwaway servers with the same rows on both.

    Raises UsageError for a side without migrations, and MigrationFailed where a file fails.
    """
    from policytool.diff.sources import pair
    from policytool.testing.observed.difference import differences
    from policytool.testing.observed.switches import switches

    def read_side(source: str, named: str | None) -> Loaded:
        chosen: PlatformName | None = platform or named  # type: ignore[assignment]
        return load(source, config=config, platform=chosen, as_tool=as_tool, progress=progress)

    one, other, _ = pair(read_side, before, after)
    sides = [side.loaded for side in (one, other)]
    for side, loaded in zip((one, other), sides, strict=True):
        if loaded is None or not loaded.project.files:
            raise UsageError(f"{side.label} holds no migrations to apply", hint="leave --observed out")
    known = [switches(context(loaded).access) for loaded in sides]
    found = [
        measure(loaded, postgres=postgres, major=major, declared=declared, also=also, leaks=False, progress=progress)
        for loaded, also in zip(sides, reversed(known), strict=True)
    ]
    return tuple(differences(found[0].observation, found[1].observation))


def roles_met(context: Context) -> tuple[str, ...]:
    """The roles that somebody acts as: clients, those that the SQL makes, and service_role."""
    clients = [role for role in context.access.clients if role != "public"]
    made = sorted(n for n, r in context.catalog.roles.items() if r.origin is None and not r.superuser)
    service = [role for role in ("service_role",) if role in context.catalog.roles]
    return tuple(dict.fromkeys((*clients, *made, *service))) or ("public",)


def report(
    source: str | None = None,
    *,
    config: Config | None = None,
    platform: PlatformName | None = None,
    as_tool: bool = False,
    selection: Selection | None = None,
    baseline: str | Path | None = None,
    rules: OwnRules | None = None,
    compare: str | None = None,
    history: Sequence[Run] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """The report of a source: coverage, matrix, policies in words, findings; see `policytool.report.overview`.

    `compare` is another source, or a report written as JSON; `history` are the runs before this one.
    """
    from policytool.report.overview.build import report as build
    from policytool.report.overview.compare import compare as changes
    from policytool.report.overview.compare import run_of
    from policytool.report.overview.stored import is_report, read_report

    def make(name: str | None, known: str | Path | None) -> Report:
        loaded = load(name, config=config, platform=platform, as_tool=as_tool, progress=progress)
        audited = audit(loaded, selection=selection, baseline=known, rules=rules, progress=progress)
        progress("writing")
        return build(audited, context(loaded), matrix(loaded))

    found = make(source, baseline)
    if compare is not None:
        before = read_report(compare) if is_report(compare) else make(compare, baseline)
        found = structs.replace(found, compared=changes(before, found))
    past = tuple(run for run in history if run.source == found.source.label)
    return structs.replace(found, history=(*past, run_of(found))) if past else found


def context(loaded: Loaded) -> Context:
    """What rules look at, made from a loaded source."""
    from policytool.audit.context import context_of

    return context_of(loaded.built, loaded.config)
