"""Compares two sources, as their files say, and as servers show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from policytool.api.auditing import context
from policytool.api.loading import Loaded, load, load_files
from policytool.api.measuring import measure
from policytool.catalog.build.choose import choose_platform
from policytool.config import Config, PlatformName
from policytool.errors import UsageError
from policytool.source import read

if TYPE_CHECKING:
    from policytool.diff.renames import Rename
    from policytool.diff.run import Diff, Options
    from policytool.postgres.observe import Parity
    from policytool.postgres.providers import Provider
    from policytool.testing.observed.difference import Changed


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
            return load_files(read_[source], settled, chosen, progress, fold)
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
