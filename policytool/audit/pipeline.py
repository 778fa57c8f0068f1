"""From a build to what is reported: the rules, then what is ignored, was there before, or is in the baseline."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from policytool.audit import baseline as baselines
from policytool.audit.context import context_of
from policytool.audit.outcome import Audit, BaselineUse, SinceUse
from policytool.audit.own_rules import OwnRules
from policytool.audit.registry import all_rules
from policytool.audit.run import Examined, conclude, examine
from policytool.audit.selection import Selection
from policytool.audit.since import Base, needed, new_findings, new_unmodelled
from policytool.catalog.build import Built
from policytool.config import Config
from policytool.finding import Finding
from policytool.rule import Context
from policytool.source.model import Note, Project


def look(built: Built, config: Config, selection: Selection, own: OwnRules | None = None) -> tuple[Examined, Context]:
    """What the rules find on a build, ignores applied and nothing else left out."""
    own = own or OwnRules()
    context = context_of(built, config)
    examined = examine(
        context,
        selection=selection,
        config=config,
        statements=built.statements,
        known=(*all_rules(), *own.rules),
        complete=not own.not_run,
    )
    return examined, context


def report(
    project: Project,
    built: Built,
    config: Config,
    *,
    selection: Selection,
    base: Base | None = None,
    baseline: Path | None = None,
    own: OwnRules | None = None,
) -> Audit:
    """The finished audit."""
    examined, context = look(built, config, selection, own)
    findings, unmodelled, notes = examined.findings, built.catalog.unmodelled, []
    since = use = None
    before: tuple[Finding, ...] = ()
    baselined: tuple[Finding, ...] = ()
    if own and own.not_run:
        notes.append(_not_run(own.not_run))
    if base is not None:
        findings, before = _new(examined, built, config, selection, base, own)
        unmodelled = new_unmodelled(unmodelled, base.built.catalog.unmodelled)
        since = SinceUse(
            ref=base.ref, commit=base.commit, added=tuple(sorted(base.added)), changed=tuple(sorted(base.changed))
        )
    if baseline is not None:
        compared = baselines.compare(baselines.read(baseline), findings, built.catalog, ran(examined))
        findings, baselined = compared.new, compared.hidden
        # Under --since most of the baseline is out of sight, and gone only from there.
        gone = 0 if base is not None else len(compared.gone)
        use = BaselineUse(path=str(baseline), changed=len(compared.changed), gone=gone)
    result = conclude(
        replace(examined, findings=findings), context, min_severity=selection.min_severity, unmodelled=unmodelled
    )
    return Audit(
        project=replace(project, notes=(*project.notes, *notes)),
        platform=built.platform,
        result=replace(result, before=before, baselined=baselined),
        statements=len(built.statements),
        since=since,
        baseline=use,
        rules_left_out=bool(own and own.not_run),
    )


def ran(examined: Examined) -> Iterable[str]:
    """The names of the rules that had something to look at."""
    return (rule.name for rule in examined.rules if rule.name not in examined.idle)


def _new(
    examined: Examined, built: Built, config: Config, selection: Selection, base: Base, own: OwnRules | None
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    then = needed(examined, selection, edited=bool(base.changed))
    known = look(base.built, config, then, own)[0] if then else None
    return new_findings(examined, built.catalog, known, base)


def _not_run(patterns: tuple[str, ...]) -> Note:
    return Note(
        message=f"the rules of {', '.join(patterns)} were not run",
        hint="--allow-rules runs the Python files that the configuration names",
    )
