"""The audit as SARIF 2.1.0, within what code scanning services take."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from policytool import __version__
from policytool.audit.ignores import Ignored
from policytool.audit.outcome import Audit
from policytool.audit.registry import page, title
from policytool.finding import Finding, Severity
from policytool.report.json import pretty
from policytool.report.paths import in_repository
from policytool.rule import Rule
from policytool.syntax.location import Location

HOME = "https://github.com/policytool/policytool"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVEL: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
# GitHub shows 5,000 results of a run and 100 places of a result; from 7.0 it calls a security finding high.
MAX_RESULTS = 5_000
MAX_RELATED = 100
DANGER: dict[Severity, str] = {"error": "8.0", "warning": "5.0", "info": "2.0"}


def render(audit: Audit) -> str:
    """One run. Ignored findings come last, as suppressed; what is over the limit is counted in a notification."""
    found: list[Finding | Ignored] = [*audit.result.findings, *audit.result.ignored]
    shown = found[:MAX_RESULTS]
    rules = _rules(audit, shown)
    index = {rule.name: number for number, rule in enumerate(rules)}
    driver = {
        "name": "policytool",
        "version": __version__,
        "informationUri": HOME,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the root of the repository"}}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _cut(len(found) - len(shown))}],
        "results": [_result(item, index) for item in shown],
    }
    return pretty({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(audit: Audit, found: Iterable[Finding | Ignored]) -> list[Rule]:
    """The rules that ran, found anything or not: what is missing then is known to be mended."""
    said = {_finding(item).rule for item in found}
    known = {rule.name: rule for rule in audit.result.rules}
    return [known[name] for name in sorted(known.keys() | said) if name in known]


def _rule(rule: Rule) -> dict[str, Any]:
    text = page(rule)
    tags = [rule.concern, *([f"external/cwe/cwe-{rule.cwe}"] if rule.cwe else [])]
    properties: dict[str, Any] = {"tags": tags, "precision": _precision(rule), "problem.severity": _problem(rule)}
    if rule.concern == "security":
        properties["security-severity"] = DANGER[rule.severity]
    return {
        "id": rule.name,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": title(rule)},
        "fullDescription": {"text": _why(text) or title(rule)},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": LEVEL[rule.severity]},
        "properties": properties,
    }


def _precision(rule: Rule) -> str:
    return {"high": "very-high", "medium": "high", "low": "medium"}[rule.confidence]


def _problem(rule: Rule) -> str:
    return {"error": "error", "warning": "warning", "info": "recommendation"}[rule.severity]


def _why(text: str) -> str:
    """The first paragraph of a page that says why the rule matters, at most 1,000 characters."""
    after = re.search(r"^## Why it matters\n+(.+?)(?:\n\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return " ".join(after[1].split())[:1000] if after else ""


def _finding(item: Finding | Ignored) -> Finding:
    return item.finding if isinstance(item, Ignored) else item


def _result(item: Finding | Ignored, index: dict[str, int]) -> dict[str, Any]:
    finding = _finding(item)
    message = finding.message + (f"\n\nFix:\n{finding.fix.sql}" if finding.fix else "")
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVEL[finding.severity],
        "message": {"text": message},
        "locations": [_location(finding.location, finding)],
        "partialFingerprints": {"policytool/v1": finding.fingerprint},
        "properties": {"confidence": finding.confidence},
    }
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    related = [r for r in finding.related if r.location is not None][:MAX_RELATED]
    if related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": r.message}, **_place(r.location)}
            for number, r in enumerate(related)
            if r.location is not None
        ]
    if isinstance(item, Ignored):
        kind = "inSource" if item.by == "comment" else "external"
        result["suppressions"] = [{"kind": kind, "status": "accepted", "justification": item.reason}]
    return result


def _location(place: Location | None, finding: Finding) -> dict[str, Any]:
    """Where it is in the files, if they are known, and the object it is about."""
    found = {"logicalLocations": [{"fullyQualifiedName": finding.identity, "kind": finding.object.kind}]}
    return found if place is None else {**_place(place), **found}


def _place(place: Location) -> dict[str, Any]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": max(place.end_line, place.line),
        "endColumn": place.end_column if place.end_line > place.line else max(place.end_column, place.column),
    }
    artifact = {"uri": quote(in_repository(place.path)), "uriBaseId": "SRCROOT"}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _cut(left_out: int) -> list[dict[str, Any]]:
    if left_out <= 0:
        return []
    text = f"{left_out} findings are left out: services take {MAX_RESULTS} of a run"
    return [{"level": "warning", "message": {"text": text}}]
