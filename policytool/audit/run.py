"""Run the rules: which ones, over what, and what remains after ignores; with the coverage of every table."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from policytool.audit.ignores import Ignored, directives, reason_by_comment, reason_by_configuration
from policytool.audit.registry import all_rules, rule_named
from policytool.audit.walk import own_tables, walk
from policytool.catalog.objects import Unmodelled
from policytool.config import Config
from policytool.finding import CONCERNS, SEVERITIES, Finding, Severity
from policytool.rule import Context, Rule
from policytool.syntax.statement import Statement

_RANK = {severity: rank for rank, severity in enumerate(SEVERITIES)}


class Selection(Struct, frozen=True, kw_only=True):
    """Which rules run, and which findings are shown."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_severity: Severity = "info"
    persona: str = "everyone"


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
    """Findings in report order, those ignored with their reasons, the rules that ran, and the coverage."""

    rules: tuple[Rule, ...] = ()
    findings: tuple[Finding, ...]
    ignored: tuple[Ignored, ...]
    coverage: Coverage

    def count(self, severity: Severity) -> int:
        """The number of findings of a severity."""
        return sum(f.severity == severity for f in self.findings)


def selected_rules(selection: Selection, config: Config) -> tuple[Rule, ...]:
    """The rules that run. Naming a rule selects it whatever its persona; a misspelt name is a UsageError."""
    for name in (
        *selection.select,
        *selection.ignore,
        *config.rules,
        *(i.rule for i in config.ignore if "*" not in i.rule),
    ):
        rule_named(name)
    chosen = []
    for rule in all_rules():
        wanted = rule.name in selection.select if selection.select else rule.persona in ("everyone", selection.persona)
        if wanted and rule.name not in selection.ignore and config.rule_severity(rule.name) != "off":
            chosen.append(rule)
    return tuple(chosen)


def run(
    context: Context,
    *,
    selection: Selection,
    config: Config,
    statements: Iterable[Statement] = (),
    today: datetime.date | None = None,
) -> AuditResult:
    """Every finding of the selected rules on every subject, after ignores, most severe first."""
    comments = directives(statements)
    date = today or datetime.date.today()
    kept: list[Finding] = []
    ignored: list[Ignored] = []
    rules = selected_rules(selection, config)
    for finding in walk(rules, context):
        finding = _with_severity(finding, config)
        if reason := reason_by_comment(finding, comments, context.catalog):
            ignored.append(Ignored(finding=finding, reason=reason, by="comment"))
        elif reason := reason_by_configuration(finding, config.ignore, date):
            ignored.append(Ignored(finding=finding, reason=reason, by="configuration"))
        elif _RANK[finding.severity] <= _RANK[selection.min_severity]:
            kept.append(finding)
    kept.sort(key=report_order)
    ignored.sort(key=lambda i: report_order(i.finding))
    return AuditResult(rules=rules, findings=tuple(kept), ignored=tuple(ignored), coverage=_coverage(context, kept))


def report_order(finding: Finding) -> tuple[object, ...]:
    """Most severe first, leaks before the rest, then by place, rule and object: the same in every run."""
    place = finding.location
    where = (place.path, place.line, place.column) if place else ("", 0, 0)
    return (
        _RANK[finding.severity],
        CONCERNS.index(finding.concern),
        where,
        finding.rule,
        finding.identity,
        finding.key,
    )


def _with_severity(finding: Finding, config: Config) -> Finding:
    severity = config.rule_severity(finding.rule)
    return msgspec.structs.replace(finding, severity=severity) if severity else finding


def _coverage(context: Context, findings: Iterable[Finding]) -> Coverage:
    counts: Counter[tuple[str | None, str]] = Counter()
    worst: dict[tuple[str | None, str], Severity] = {}
    for finding in findings:
        ref = finding.object
        key = (ref.schema, ref.table or ref.name)
        if ref.table is not None or ref.kind == "table":
            counts[key] += 1
            worst[key] = min(worst.get(key, "info"), finding.severity, key=_RANK.__getitem__)
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
    return Coverage(tables=rows, unmodelled=context.catalog.unmodelled)
