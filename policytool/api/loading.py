"""Loads a source and builds its catalog: from files, from a database, from a snapshot, or by running the files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, get_args

from msgspec import Struct, structs

from policytool.catalog.build.choose import DEFAULT_SCHEMAS, choose_platform, configured
from policytool.config import Config, PlatformName
from policytool.errors import NothingToAudit, UsageError
from policytool.source import read
from policytool.source.database import is_database
from policytool.source.model import Project, ProjectConfig, SqlFile
from policytool.source.snapshot import is_snapshot, read_snapshot

if TYPE_CHECKING:
    from policytool.audit.since import Base
    from policytool.catalog.build import Built
    from policytool.catalog.build.platform import Platform


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
    return load_files(project, config, platform, progress)


def load_files(
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
