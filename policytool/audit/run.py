"""Run the rules: which ones, over what, and what remains after ignores; with the coverage of every table."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from policytool.audit.directives import directives
from policytool.audit.ignores import Ignored, Ignores
from policytool.audit.registry import all_rules
from policytool.audit.selection import Selection as Selection
from policytool.audit.selection import has_subjects, judge, judging_rules, selected_rules
from policytool.audit.walk import guarded, own_tables, walk
from policytool.catalog.objects import Unmodelled
from policytool.config import Config
from policytool.finding import CONCERNS, SEVERITIES, Finding, Severity
from policytool.rule import Context, IgnoreRule, Rule
from policytool.syntax.parse import collector_paused
from policytool.syntax.statement import Statement

RANK = {severity: rank for rank, severity in enumerate(SEVERITIES)}


class TableCoverage(Struct, frozen=True, kw_only=True):
    """One row of the coverage table: no table is ever missing from it."""

    table: str
    rls: str  # on, forced, off
    policies: int
    findings: int
    worst: Severity | None
    assumed: bool


class Coverage(Struct, frozen=True, kw_only=True):
    """What was looked at, and what could not be."""

    tables: tuple[TableCoverage, ...]
    unmodelled: tuple[Unmodelled, ...]

    @property
    def clean(self) -> int:
        """The number of tables without a finding above info."""
        return sum(row.worst not in ("error", "warning") for row in self.tables)


class AuditResult(Struct, frozen=True, kw_only=True):
    """Findings in report order, those ignored with their reasons, the rules that ran, and the coverage.

    Not shown are `baselined`, which the baseline holds, and `before`, which were there at the merge base of --since.
    """

    rules: tuple[Rule, ...] = ()
    findings: tuple[Finding, ...]
    ignored: tuple[Ignored, ...]
    coverage: Coverage
    baselined: tuple[Finding, ...] = ()
    before: tuple[Finding, ...] = ()
    idle: frozenset[str] = frozenset()  # rules for which the source had nothing to look at

    @property
    def ran(self) -> frozenset[str]:
        """The names of the rules that had something to look at."""
        return frozenset(rule.name for rule in self.rules) - self.idle

    def count(self, severity: Severity) -> int:
        """The number of findings of a severity."""
        return sum(f.severity == severity for f in self.findings)


class Examined(Struct, frozen=True, kw_only=True):
    """What the selected rules found, before anything is hidden but what is ignored.

    `idle` are the rules for which the source had nothing to look at.
    """

    rules: tuple[Rule, ...]
    idle: frozenset[str]
    findings: tuple[Finding, ...]
    ignored: tuple[Ignored, ...]


def examine(
    context: Context,
    *,
    selection: Selection,
    config: Config,
    statements: Iterable[Statement] = (),
    today: datetime.date | None = None,
    known: Sequence[Rule] | None = None,
    complete: bool = True,
) -> Examined:
    """Every finding of the selected rules, on every subject and then on the ignores.

    `known` are all rules there are, by default those of policytool; `complete` is false where the configuration names
    others that were not allowed to run.
    """
    known = all_rules() if known is None else known
    rules = selected_rules(selection, config, known, complete=complete)
    judging = judging_rules(selection, config, known)
    ignores = Ignores(directives(statements), config, today or datetime.date.today(), context.catalog)
    shown = {rule.name for rule in rules}
    kept: list[Finding] = []
    ignored: list[Ignored] = []

    def take(found: Iterable[Finding]) -> None:
        for item in found:
            finding = _with_severity(item, config)
            if finding.object.kind != "rule" and (hidden := ignores.apply(finding)):
                ignored.extend([hidden] if finding.rule in shown else [])
            elif finding.rule in shown:
                kept.append(finding)

    with collector_paused():  # one pass over all parse trees takes longer than the rules
        take(walk([*rules, *judging], context))
    judges = [rule for rule in rules if isinstance(rule, IgnoreRule)]
    uses = tuple(ignores.uses(judge([*rules, *judging], known, context, complete=complete))) if judges else ()
    for rule in judges:
        take(guarded(rule, ((use,) for use in uses), context))
    kept.sort(key=report_order)
    ignored.sort(key=lambda i: report_order(i.finding))
    idle = frozenset(rule.name for rule in rules if not has_subjects(rule, context))
    return Examined(rules=rules, idle=idle, findings=tuple(kept), ignored=tuple(ignored))


def conclude(
    examined: Examined,
    context: Context,
    *,
    min_severity: Severity = "info",
    unmodelled: tuple[Unmodelled, ...] | None = None,
) -> AuditResult:
    """The result that is reported."""
    shown = tuple(f for f in examined.findings if RANK[f.severity] <= RANK[min_severity])
    open_ = context.catalog.unmodelled if unmodelled is None else unmodelled
    return AuditResult(
        rules=examined.rules,
        findings=shown,
        ignored=examined.ignored,
        coverage=_coverage(context, shown, open_),
        idle=examined.idle,
    )


def report_order(finding: Finding) -> tuple[object, ...]:
    """Most severe first, leaks before the rest, then by place, rule and object: the same in every run."""
    place = finding.location
    where = (place.path, place.line, place.column) if place else ("", 0, 0)
    return (
        RANK[finding.severity],
        CONCERNS.index(finding.concern),
        where,
        finding.rule,
        finding.identity,
        finding.key,
    )


def _with_severity(finding: Finding, config: Config) -> Finding:
    severity = config.rule_severity(finding.rule)
    if severity is None or finding.object.kind == "rule":  # a rule that failed is an error whatever it finds
        return finding
    return msgspec.structs.replace(finding, severity=severity)


def _coverage(context: Context, findings: Iterable[Finding], unmodelled: tuple[Unmodelled, ...]) -> Coverage:
    counts: Counter[tuple[str | None, str]] = Counter()
    worst: dict[tuple[str | None, str], Severity] = {}
    for finding in findings:
        ref = finding.object
        key = (ref.schema, ref.table or ref.name)
        if ref.table is not None or ref.kind == "table":
            counts[key] += 1
            worst[key] = min(worst.get(key, "info"), finding.severity, key=RANK.__getitem__)
    rows = tuple(
        TableCoverage(
            table=f"{t.schema}.{t.name}",
            rls="forced" if t.rls_forced and t.rls_enabled else "on" if t.rls_enabled else "off",
            policies=len(t.policies),
            findings=counts[(t.schema, t.name)],
            worst=worst.get((t.schema, t.name)),
            assumed=t.assumed,
        )
        for t in sorted(own_tables(context), key=lambda t: (t.schema, t.name))
    )
    return Coverage(tables=rows, unmodelled=unmodelled)
