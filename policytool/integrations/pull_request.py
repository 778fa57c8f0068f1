"""Everything that is asked of a pull request: what it brings, who gains or loses what, whether its tests pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from policytool import api
from policytool.diff.hints import hints
from policytool.diff.run import compare
from policytool.errors import PolicytoolError
from policytool.report.pull_request import Review

if TYPE_CHECKING:
    from policytool.audit.own_rules import OwnRules
    from policytool.audit.selection import Selection
    from policytool.config import Config, PlatformName
    from policytool.diff.run import Diff


def review(
    source: str | None,
    base: str | None,
    *,
    config: Config,
    platform: PlatformName | None = None,
    as_tool: bool = False,
    selection: Selection | None = None,
    baseline: Path | None = None,
    rules: OwnRules | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Review:
    """Audit what is new since `base` and compare the two catalogs; without a base audit everything."""
    if base is None:
        loaded = api.load(source, config=config, platform=platform, as_tool=as_tool, progress=progress)
    else:
        loaded = api.load_since(base, source, config=config, platform=platform, as_tool=as_tool, progress=progress)
    audit = api.audit(loaded, selection=selection, baseline=baseline, rules=rules, progress=progress)
    progress("comparing")
    return Review(audit=audit, diff=_diff(loaded, base))


def with_tests(
    found: Review,
    *,
    config: Config,
    postgres: str = "auto",
    major: int | None = None,
    declared: bool = False,
    platform: PlatformName | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Review:
    """Run the policy tests that the project has; where they cannot be run, the review says why."""
    from policytool.testing.running.collect import NoTests
    from policytool.testing.running.conduct import Options

    try:
        run = api.test(
            config=config,
            options=Options(platform=platform),
            postgres=postgres,
            major=major,
            declared=declared,
            progress=progress,
        )
    except NoTests:
        return found
    except PolicytoolError as error:
        said = f"{error.message} ({error.hint})" if error.hint else error.message
        return replace(found, untested=said, code=error.exit_code)
    return replace(found, tests=run)


def _diff(loaded: api.Loaded, base: str | None) -> Diff | None:
    if loaded.base is None:
        return None
    now = loaded.built
    return compare(
        loaded.base.built.catalog,
        now.catalog,
        now.platform,
        labels=(base or "", loaded.project.label),
        hints=hints(now.statements, now.catalog),
    )
