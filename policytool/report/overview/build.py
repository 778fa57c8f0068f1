"""Makes the report of an audit."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable
from pathlib import Path

from policytool import __version__
from policytool.access.matrix import Cell
from policytool.audit.outcome import Audit
from policytool.audit.registry import all_rules, page, title
from policytool.audit.walk import own_functions, own_tables, own_views
from policytool.finding import Finding
from policytool.report.document import FindingDocument, PlatformDocument, SourceDocument
from policytool.report.document import finding as finding_document
from policytool.report.document import ignored as ignored_document
from policytool.report.overview.model import FindingReport, Report, RuleReport
from policytool.report.overview.objects import functions, policies, roles, views
from policytool.report.overview.tables import keys, table_report
from policytool.report.overview.verdict import summary, verdict
from policytool.rule import Context, Rule
from policytool.syntax.location import ExcerptLine, excerpt

MAX_LINES = 14  # of an excerpt


def report(audit: Audit, context: Context, cells: Iterable[Cell]) -> Report:
    """The report; nothing but its date differs when it is made again."""
    found = list(audit.result.findings)
    by_table, by_identity = _indexed(found)
    access = context.access
    own = sorted(own_tables(context), key=lambda t: (t.schema, t.name))
    tables = tuple(table_report(t, access, by_table, found) for t in own)
    told = tuple(policies(access, by_identity))
    numbers = summary(audit, tables, len(told))
    return Report(
        source=SourceDocument(label=_label(audit), layout=audit.project.layout, files=len(audit.project.files)),
        platform=PlatformDocument(
            name=audit.platform.name, why=audit.platform.why, exposed_schemas=audit.platform.exposed_schemas
        ),
        version=__version__,
        generated=_now(),
        verdict=verdict(audit, numbers, tables),
        summary=numbers,
        tables=tables,
        policies=told,
        cells=tuple(cells),
        keys=tuple(keys(own)),
        roles=tuple(roles(access)),
        functions=tuple(functions(own_functions(context), access, by_identity)),
        views=tuple(views(own_views(context), access, by_identity)),
        findings=tuple(_finding(f, audit) for f in found),
        rules=tuple(_rules(found, (*audit.result.rules, *all_rules()))),
        ignored=tuple(ignored_document(i) for i in audit.result.ignored),
        unmodelled=audit.result.coverage.unmodelled,
        notes=tuple(audit.project.notes),
    )


def _label(audit: Audit) -> str:
    """What was read; a folder that is only called `.` says nothing to people elsewhere."""
    return Path.cwd().name if audit.project.label == "." else audit.project.label


def _indexed(findings: list[Finding]) -> tuple[dict[tuple[str, str], list[int]], dict[str, list[int]]]:
    """The places of findings in their list, by table and by the object they are about."""
    by_table: dict[tuple[str, str], list[int]] = {}
    by_identity: dict[str, list[int]] = {}
    for number, finding in enumerate(findings):
        ref = finding.object
        by_identity.setdefault(ref.identity, []).append(number)
        if ref.schema is not None and (ref.table is not None or ref.kind == "table"):
            by_table.setdefault((ref.schema, ref.table or ref.name), []).append(number)
    return by_table, by_identity


def _finding(finding: Finding, audit: Audit) -> FindingReport:
    said = finding_document(finding)
    fields = {name: getattr(said, name) for name in FindingDocument.__struct_fields__}
    return FindingReport(**fields, excerpt=_excerpt(finding, audit))


def _excerpt(finding: Finding, audit: Audit) -> tuple[ExcerptLine, ...]:
    place = finding.location
    text = audit.shown(place.path) if place else None
    return () if place is None or text is None else excerpt(text, place)[:MAX_LINES]


def _rules(findings: Iterable[Finding], rules: Iterable[Rule]) -> Iterable[RuleReport]:
    known = {rule.name: rule for rule in rules}
    for name in sorted({f.rule for f in findings} & known.keys()):
        yield RuleReport(name=name, title=title(known[name]), page=page(known[name]))


def _now() -> str:
    """The time, or the one that SOURCE_DATE_EPOCH fixes so that the same input gives the same bytes."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = (
        datetime.datetime.fromtimestamp(int(fixed), datetime.UTC)
        if fixed.isdigit()
        else datetime.datetime.now(datetime.UTC)
    )
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
