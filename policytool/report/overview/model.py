"""The report as a document: typed, so that its JSON Schema is made from it and every format shows the same."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from policytool.access.matrix import Cell
from policytool.catalog.objects import Unmodelled
from policytool.finding import Severity
from policytool.report.document import FindingDocument, IgnoredDocument, PlatformDocument, SourceDocument
from policytool.source.model import Note
from policytool.syntax.location import ExcerptLine, Location

Exposure = Literal["writable", "public", "shared", "partly", "scoped", "closed", "unknown"]
EXPOSURES: Final[dict[Exposure, str]] = {
    "writable": "clients may write any row",
    "public": "anyone reads every row",
    "shared": "any signed-in user reads every row",
    "partly": "anyone reaches some rows",
    "scoped": "signed-in users reach some rows",
    "closed": "no client reaches a row",
    "unknown": "made by no migration here",
}
Grade = Literal["at risk", "needs attention", "sound"]


class Verdict(Struct, frozen=True, kw_only=True):
    """What to think of it all. `limits` says what the verdict does not cover."""

    grade: Grade
    headline: str
    sentences: tuple[str, ...]
    limits: tuple[str, ...] = ()


class Summary(Struct, frozen=True, kw_only=True):
    """The numbers."""

    tables: int
    clean: int
    rls_on: int
    policies: int
    exposure: dict[Exposure, int]
    severity: dict[Severity, int]
    ignored: int
    baselined: int
    unmodelled: int


class NeededIndex(Struct, frozen=True, kw_only=True):
    """A column that policies compare with the person in every query, and whether an index leads with it."""

    column: str
    present: bool
    policies: tuple[str, ...]
    sql: str


class TableReport(Struct, frozen=True, kw_only=True):
    """The coverage of one table. `policies` counts by command, those FOR ALL in each; `findings` are indexes."""

    schema: str
    name: str
    kind: str
    rls: Literal["off", "on", "forced"]
    exposed: bool
    exposure: Exposure
    headline: str
    columns: int
    policies: dict[str, int]
    restrictive: int
    owner_columns: tuple[str, ...]
    tenant_columns: tuple[str, ...]
    indexes: tuple[NeededIndex, ...]
    grants: dict[str, tuple[str, ...]]
    findings: tuple[int, ...]
    worst: Severity | None
    assumed: bool
    partition_of: str | None = None
    comment: str | None = None
    location: Location | None = None

    @property
    def full_name(self) -> str:
        """As the cells of the matrix name it."""
        return f"{self.schema}.{self.name}"


class PolicyReport(Struct, frozen=True, kw_only=True):
    """A policy in words, with its SQL. `told`: no condition had to be left as SQL."""

    table: str
    name: str
    command: str
    permissive: bool
    roles: tuple[str, ...]
    using: str | None
    with_check: str | None
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    told: bool
    findings: tuple[int, ...]
    location: Location | None


class KeyReport(Struct, frozen=True, kw_only=True):
    """A foreign key."""

    table: str
    columns: tuple[str, ...]
    references: str
    on_delete: str


class RoleReport(Struct, frozen=True, kw_only=True):
    """A role that matters here: one that clients act as, that the user made, or that owns something."""

    name: str
    kind: str  # in words
    client: bool
    anonymous: bool
    superuser: bool
    bypassrls: bool
    login: bool
    member_of: tuple[str, ...]
    owns: int
    made_here: bool


class FunctionReport(Struct, frozen=True, kw_only=True):
    """A SECURITY DEFINER function: who may call it, as whom it runs, what it reaches past policies and grants."""

    name: str
    owner: str
    language: str
    search_path: str | None
    trigger: bool
    callers: tuple[str, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    opaque: bool
    findings: tuple[int, ...]
    comment: str | None
    location: Location | None

    @property
    def watched(self) -> bool:
        """Whether somebody should look at it first."""
        return bool(self.callers or self.findings)


class ViewReport(Struct, frozen=True, kw_only=True):
    """A view: as whom it reads, who may read it, and the tables whose policies do not bind its owner."""

    name: str
    kind: str
    owner: str
    definer: bool
    readers: tuple[str, ...]
    past: tuple[str, ...]
    findings: tuple[int, ...]
    definition: str
    location: Location | None


class FindingReport(FindingDocument, frozen=True, kw_only=True):
    """A finding with the lines it is about."""

    excerpt: tuple[ExcerptLine, ...]


class RuleReport(Struct, frozen=True, kw_only=True):
    """A rule that found something: its title and its page."""

    name: str
    title: str
    page: str


class Run(Struct, frozen=True, kw_only=True):
    """One run, as a line of the history."""

    at: str
    source: str
    version: str
    tables: int
    clean: int
    policies: int
    severity: dict[str, int]
    exposure: dict[str, int]
    unmodelled: int


class CellChange(Struct, frozen=True, kw_only=True):
    """A cell of the matrix that is another than before; None where there was, or is, no such cell."""

    role: str
    table: str
    command: str
    before: str | None
    after: str | None
    filter_before: str | None
    filter_after: str | None


class Compared(Struct, frozen=True, kw_only=True):
    """What changed since another state."""

    before: str
    tables_added: tuple[str, ...]
    tables_removed: tuple[str, ...]
    exposure: tuple[tuple[str, str, str], ...]  # table, before, after
    policies_added: tuple[str, ...]
    policies_removed: tuple[str, ...]
    policies_changed: tuple[str, ...]
    cells: tuple[CellChange, ...]
    findings_new: tuple[int, ...]
    findings_gone: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing changed."""
        return not any(getattr(self, field) for field in self.__struct_fields__ if field != "before")


class Report(Struct, frozen=True, kw_only=True):
    """The whole report."""

    source: SourceDocument
    platform: PlatformDocument
    version: str
    generated: str
    verdict: Verdict
    summary: Summary
    tables: tuple[TableReport, ...]
    policies: tuple[PolicyReport, ...]
    cells: tuple[Cell, ...]
    keys: tuple[KeyReport, ...]
    roles: tuple[RoleReport, ...]
    functions: tuple[FunctionReport, ...]
    views: tuple[ViewReport, ...]
    findings: tuple[FindingReport, ...]
    rules: tuple[RuleReport, ...]
    ignored: tuple[IgnoredDocument, ...]
    unmodelled: tuple[Unmodelled, ...]
    notes: tuple[Note, ...]
    history: tuple[Run, ...] = ()
    compared: Compared | None = None
