"""The audit as other programs read it: typed, so that its JSON Schema is made from it (docs/json.md)."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from policytool.audit.ignores import Ignored
from policytool.audit.outcome import Audit
from policytool.audit.run import Coverage, TableCoverage
from policytool.catalog.objects import Unmodelled
from policytool.finding import SEVERITIES, Confidence, Finding, Fix, ObjectRef, Related, Severity
from policytool.source.model import Note
from policytool.syntax.location import Location


class SourceDocument(Struct, frozen=True, kw_only=True):
    """What was read."""

    label: str
    layout: str
    files: int


class PlatformDocument(Struct, frozen=True, kw_only=True):
    """Whose database it is taken for, and why."""

    name: str
    why: str
    exposed_schemas: tuple[str, ...]


class ObjectDocument(Struct, frozen=True, kw_only=True):
    """What a finding is about. `table` is there for what belongs to one."""

    kind: str
    schema: str | None
    name: str
    table: str | UnsetType = UNSET


class FindingDocument(Struct, frozen=True, kw_only=True):
    """One finding. The fingerprint stays the same as long as rule, object and kind of evidence are."""

    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    object: ObjectDocument
    identity: str
    location: Location | None
    related: tuple[Related, ...]
    fix: Fix | None
    fingerprint: str


class IgnoredDocument(FindingDocument, frozen=True, kw_only=True):
    """A finding that is not counted, with the reason and what says so."""

    reason: str
    ignored_by: str
    ignored_at: Location | None


class SinceDocument(Struct, frozen=True, kw_only=True):
    """Since when findings are reported: the merge base, the files added and edited, how many were there before."""

    ref: str
    commit: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    before: int


class BaselineDocument(Struct, frozen=True, kw_only=True):
    """The baseline: how many findings it hides, how many are shown since they changed, how many it holds in vain."""

    path: str
    hidden: int
    changed: int
    gone: int


class CoverageDocument(Struct, frozen=True, kw_only=True):
    """How many tables were audited, each of them, and what could not be analysed."""

    tables: int
    clean: int
    with_findings: int
    unmodelled: tuple[Unmodelled, ...]
    by_table: tuple[TableCoverage, ...]


class AuditDocument(Struct, frozen=True, kw_only=True):
    """The whole audit."""

    source: SourceDocument
    platform: PlatformDocument
    notes: tuple[Note, ...]
    findings: tuple[FindingDocument, ...]
    ignored: tuple[IgnoredDocument, ...]
    coverage: CoverageDocument
    summary: dict[Severity, int]
    since: SinceDocument | None = None
    baseline: BaselineDocument | None = None


def document(audit: Audit) -> AuditDocument:
    """The audit as a document; the same audit gives the same one."""
    project, result = audit.project, audit.result
    return AuditDocument(
        source=SourceDocument(label=project.label, layout=project.layout, files=len(project.files)),
        platform=PlatformDocument(
            name=audit.platform.name, why=audit.platform.why, exposed_schemas=audit.platform.exposed_schemas
        ),
        notes=tuple(project.notes),
        findings=tuple(finding(f) for f in result.findings),
        ignored=tuple(ignored(i) for i in result.ignored),
        coverage=coverage(result.coverage),
        summary={severity: result.count(severity) for severity in SEVERITIES},
        since=_since(audit),
        baseline=_baseline(audit),
    )


def _since(audit: Audit) -> SinceDocument | None:
    used = audit.since
    if used is None:
        return None
    return SinceDocument(
        ref=used.ref, commit=used.commit, added=used.added, changed=used.changed, before=len(audit.result.before)
    )


def _baseline(audit: Audit) -> BaselineDocument | None:
    used = audit.baseline
    if used is None:
        return None
    return BaselineDocument(path=used.path, hidden=len(audit.result.baselined), changed=used.changed, gone=used.gone)


def finding(item: Finding) -> FindingDocument:
    """One finding, as section 6 of the design fixes it."""
    return FindingDocument(
        rule=item.rule,
        severity=item.severity,
        confidence=item.confidence,
        message=item.message,
        object=_object(item.object),
        identity=item.identity,
        location=item.location,
        related=item.related,
        fix=item.fix,
        fingerprint=item.fingerprint,
    )


def ignored(item: Ignored) -> IgnoredDocument:
    """A finding that is not counted."""
    said = finding(item.finding)
    fields = {name: getattr(said, name) for name in FindingDocument.__struct_fields__}
    return IgnoredDocument(**fields, reason=item.reason, ignored_by=item.by, ignored_at=item.at)


def coverage(item: Coverage) -> CoverageDocument:
    """The coverage of all tables."""
    return CoverageDocument(
        tables=len(item.tables),
        clean=item.clean,
        with_findings=len(item.tables) - item.clean,
        unmodelled=item.unmodelled,
        by_table=item.tables,
    )


def _object(ref: ObjectRef) -> ObjectDocument:
    return ObjectDocument(kind=ref.kind, schema=ref.schema, name=ref.name, table=ref.table or UNSET)
