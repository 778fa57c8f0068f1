"""The report for people who were not there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from policytool.api.auditing import audit, context
from policytool.api.loading import load
from policytool.api.measuring import matrix
from policytool.config import Config, PlatformName

if TYPE_CHECKING:
    from policytool.audit.own_rules import OwnRules
    from policytool.audit.run import Selection
    from policytool.report.overview.model import Report, Run


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
