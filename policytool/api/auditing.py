"""Audits what was loaded, and mends what is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from policytool.api.loading import Loaded
from policytool.catalog.build.choose import choose_platform
from policytool.config import Config, PlatformName
from policytool.errors import UsageError
from policytool.source import read
from policytool.source.database import is_database
from policytool.source.snapshot import is_snapshot

if TYPE_CHECKING:
    from policytool.audit.fixes import Plan, Wanted
    from policytool.audit.outcome import Audit
    from policytool.audit.own_rules import OwnRules
    from policytool.audit.run import Selection
    from policytool.rule import Context


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


def context(loaded: Loaded) -> Context:
    """What rules look at, made from a loaded source."""
    from policytool.audit.context import context_of

    return context_of(loaded.built, loaded.config)
