"""The audit as a GitLab code quality report: what a merge request shows beside the changed lines."""

from __future__ import annotations

from typing import Any

from policytool.audit.outcome import Audit
from policytool.finding import Finding, Severity
from policytool.report.json import pretty
from policytool.report.paths import in_repository

SEVERITY: dict[Severity, str] = {"error": "critical", "warning": "major", "info": "info"}


def render(audit: Audit) -> str:
    """A list of issues. GitLab wants a file and a line: where there is none, the source stands for it."""
    return pretty([_issue(f, audit.project.label) for f in audit.result.findings])


def _issue(finding: Finding, label: str) -> dict[str, Any]:
    place = finding.location
    lines = {"begin": place.line, "end": place.end_line} if place else {"begin": 1}
    return {
        "description": finding.message,
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": SEVERITY[finding.severity],
        "categories": ["Security" if finding.concern == "security" else "Bug Risk"],
        "location": {"path": in_repository(place.path) if place else label, "lines": lines},
    }
