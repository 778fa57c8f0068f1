"""The audit as GitHub workflow commands: annotations on the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.audit.outcome import Audit
from policytool.finding import SEVERITIES, Finding, Severity
from policytool.report.paths import in_repository
from policytool.report.words import count, tally

COMMAND: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}
SHOWN = 10  # GitHub shows ten annotations of each kind for a step, and drops the rest


def render(audit: Audit) -> str:
    """An annotation for each finding, the worst first, ten of each severity; then the counts as plain text."""
    return "".join(f"{line}\n" for line in _lines(audit))


def _lines(audit: Audit) -> Iterator[str]:
    for severity in SEVERITIES:
        found = [f for f in audit.result.findings if f.severity == severity]
        yield from (_annotation(f) for f in found[:SHOWN])
        if len(found) > SHOWN:
            yield f"{count(len(found) - SHOWN, 'more finding')} of severity {severity}, not annotated"
    yield f"policytool: {count(len(audit.result.coverage.tables), 'table')} audited, {tally(audit)}"


def _annotation(finding: Finding) -> str:
    place, settings = finding.location, {"title": f"policytool: {finding.rule}"}
    if place is not None:
        where = {"file": in_repository(place.path), "line": str(place.line), "endLine": str(place.end_line)}
        if place.end_line == place.line:  # columns are only allowed within one line
            where |= {"col": str(place.column), "endColumn": str(place.end_column)}
        settings = where | settings
    head = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in settings.items())
    body = finding.message + (f"\n\n{finding.fix.sql}" if finding.fix else "")
    return f"::{COMMAND[finding.severity]} {head}::{_escaped(body)}"


def _escaped(text: str, also: str = "") -> str:
    """Text that cannot end a command, nor begin another one."""
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text
