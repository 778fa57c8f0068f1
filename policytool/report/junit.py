"""The audit as JUnit XML: a case for each object and rule that looks at its kind, so that what is right counts too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.etree import ElementTree

from policytool.audit.outcome import Audit
from policytool.finding import SEVERITIES, Finding
from policytool.rule import ForeignKeyRule, PolicyRule, Rule, TableRule

# What XML 1.0 cannot hold, escaped or not.
_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")
Key = tuple[str, str]  # (object, rule)


def render(audit: Audit, fail_on: str) -> str:
    """Findings at or above `fail_on` fail their case; lesser ones pass it and are told in its output."""
    suites = ElementTree.Element("testsuites", name="policytool")
    failures = total = 0
    for owner, cases in groupby(_cases(audit, fail_on), key=lambda case: case.get("classname")):
        suite = ElementTree.SubElement(suites, "testsuite", name=str(owner))
        suite.extend(cases)
        failed = sum(case.find("failure") is not None for case in suite)
        suite.attrib |= {"tests": str(len(suite)), "failures": str(failed), "errors": "0", "skipped": "0"}
        failures, total = failures + failed, total + len(suite)
    suites.attrib |= {"tests": str(total), "failures": str(failures), "errors": "0"}
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _cases(audit: Audit, fail_on: str) -> Iterator[ElementTree.Element]:
    found: dict[Key, list[Finding]] = {}
    for finding in audit.result.findings:
        found.setdefault((_owner(finding), finding.rule), []).append(finding)
    for owner, rule in sorted(found.keys() | set(_expected(audit))):
        yield _case(owner, rule, found.get((owner, rule), ()), fail_on)


def _expected(audit: Audit) -> Iterator[Key]:
    """Each table with each rule on tables; once for the project each rule that looks at something else."""
    for rule in audit.result.rules:
        if _on_tables(rule):
            yield from ((f"table {row.table}", rule.name) for row in audit.result.coverage.tables)
        else:
            yield "project", rule.name


def _on_tables(rule: Rule) -> bool:
    return isinstance(rule, TableRule | PolicyRule | ForeignKeyRule)


def _owner(finding: Finding) -> str:
    ref = finding.object
    if ref.table is None:
        return f"table {ref.schema}.{ref.name}" if ref.kind == "table" else finding.identity
    return f"table {ref.schema}.{ref.table}"


def _case(owner: str, rule: str, findings: Iterable[Finding], fail_on: str) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=_clean(owner), name=rule)
    passed = []
    for finding in findings:
        if fail_on in SEVERITIES and SEVERITIES.index(finding.severity) <= SEVERITIES.index(fail_on):
            told = ElementTree.SubElement(case, "failure", type=finding.severity, message=_clean(finding.message))
            told.text = _clean(_told(finding))
        else:
            passed.append(_told(finding))
    if passed:
        ElementTree.SubElement(case, "system-out").text = _clean("\n\n".join(passed))
    return case


def _told(finding: Finding) -> str:
    place = finding.location
    where = f"{place.path}:{place.line}:{place.column}: " if place else ""
    lines = [f"{where}{finding.severity}[{finding.rule}] {finding.message}"]
    lines += [f"because: {related.message}" for related in finding.related]
    return "\n".join(lines + ([f"fix: {finding.fix.sql}"] if finding.fix else []))


def _clean(text: str) -> str:
    return text.translate(_UNPRINTABLE)
