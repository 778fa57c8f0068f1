"""What is known of each database of a fleet, and what they share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from policytool.finding import SEVERITIES, Severity
from policytool.report.overview.model import Exposure, Report, Summary, Verdict

State = Literal["at risk", "needs attention", "sound", "timed out", "failed"]
STATES: Final[tuple[State, ...]] = ("at risk", "failed", "timed out", "needs attention", "sound")
UNREAD: Final = ("failed", "timed out")


class Told(Struct, frozen=True, kw_only=True):
    """A finding in short."""

    rule: str
    severity: Severity
    message: str
    identity: str
    fingerprint: str


class Opened(Struct, frozen=True, kw_only=True):
    """A table and how far it is open."""

    table: str
    exposure: Exposure


class Member(Struct, frozen=True, kw_only=True):
    """One database: what came of its audit; `message` says why there is none."""

    name: str
    source: str
    state: State
    seconds: float
    message: str | None = None
    hint: str | None = None
    verdict: Verdict | None = None
    summary: Summary | None = None
    findings: tuple[Told, ...] = ()
    open: tuple[Opened, ...] = ()
    report: str | None = None  # the file of its own report


class Shared(Struct, frozen=True, kw_only=True):
    """A finding that more than one database has."""

    rule: str
    severity: Severity
    message: str
    identity: str
    fingerprint: str
    databases: tuple[str, ...]


class FleetReport(Struct, frozen=True, kw_only=True):
    """The whole report of a fleet."""

    title: str
    version: str
    generated: str
    members: tuple[Member, ...]
    shared: tuple[Shared, ...]

    @property
    def states(self) -> dict[State, int]:
        """How many databases are in each state."""
        return {state: sum(m.state == state for m in self.members) for state in STATES}

    def count(self, severity: Severity) -> int:
        """The findings of a severity in all databases."""
        return sum(m.summary.severity[severity] for m in self.members if m.summary)


def member_of(name: str, source: str, report: Report, seconds: float, file: str | None = None) -> Member:
    """What the report of a database comes to."""
    return Member(
        name=name,
        source=source,
        state=report.verdict.grade,
        seconds=seconds,
        verdict=report.verdict,
        summary=report.summary,
        findings=tuple(
            Told(rule=f.rule, severity=f.severity, message=f.message, identity=f.identity, fingerprint=f.fingerprint)
            for f in report.findings
        ),
        open=tuple(
            Opened(table=t.full_name, exposure=t.exposure)
            for t in report.tables
            if t.exposure in ("writable", "public", "shared")
        ),
        report=file,
    )


def shared(members: Iterable[Member]) -> tuple[Shared, ...]:
    """The findings of more than one database, the most severe and the most common first."""
    told: dict[str, Told] = {}
    having: dict[str, list[str]] = {}
    for member in members:
        for finding in {f.fingerprint: f for f in member.findings}.values():
            told.setdefault(finding.fingerprint, finding)
            having.setdefault(finding.fingerprint, []).append(member.name)
    found = [
        Shared(
            rule=told[key].rule,
            severity=told[key].severity,
            message=told[key].message,
            identity=told[key].identity,
            fingerprint=key,
            databases=tuple(names),
        )
        for key, names in having.items()
        if len(names) > 1
    ]
    return tuple(sorted(found, key=lambda s: (SEVERITIES.index(s.severity), -len(s.databases), s.rule, s.identity)))
