"""Runs migrations and policy tests, and says what decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from policytool.api.loading import load
from policytool.catalog.build.choose import choose_platform
from policytool.config import Config, PlatformName
from policytool.errors import NothingToAudit
from policytool.source import read
from policytool.source.model import Project

if TYPE_CHECKING:
    from policytool.catalog.build import Built
    from policytool.postgres.apply import Applied
    from policytool.testing.deciding.inquiry import Reply
    from policytool.testing.mutation.mutate_suites import Mutation
    from policytool.testing.running.collect import PolicyFile
    from policytool.testing.running.conduct import Options as TestOptions
    from policytool.testing.running.results import Result, TestRun


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
    load_one = _loader(config, progress)
    provider = choose(postgres, major, declared=declared)
    root = source_of_root(collected.root, config)
    return conduct(
        collected, load_one, provider, options or Defaults(), source=root, seen=seen, begun=begun, progress=progress
    )


def _loader(
    config: Config, progress: Callable[[str], None]
) -> Callable[[str, PlatformName | None], tuple[Project, Built]]:
    """How the runner, which knows nothing of sources, has the migrations of a test loaded."""

    def load_one(source: str, platform: PlatformName | None) -> tuple[Project, Built]:
        loaded = load(source, config=config, platform=platform, progress=progress)
        return loaded.project, loaded.built

    return load_one


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
    load_one = _loader(config, progress)
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
