"""Findings that say the same of many objects, told together, so that the one leak is never buried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from policytool.finding import Finding, Severity
from policytool.report.words import count


class Group(Struct, frozen=True, kw_only=True):
    """The findings of one rule and one severity, in report order."""

    rule: str
    severity: Severity
    findings: tuple[Finding, ...]

    @property
    def files(self) -> int:
        """In how many files they are."""
        return len({f.location.path for f in self.findings if f.location})

    @property
    def summary(self) -> str:
        """`213 policies in 41 files`."""
        return told(self.findings)


def told(findings: Iterable[Finding]) -> str:
    """What the findings are about and in how many files, in few words."""
    found = tuple(findings)
    kinds = Counter(f.object.kind for f in found)
    files = len({f.location.path for f in found if f.location})
    what = count(len(found), next(iter(kinds)) if len(kinds) == 1 else "object")
    return what + (f" in {count(files, 'file')}" if files and set(kinds) != {"file"} else "")


def groups(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """One group for each severity and rule, in the order of their first finding: the order of the report."""
    found: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.severity, finding.rule), []).append(finding)
    return tuple(Group(rule=r, severity=s, findings=tuple(items)) for (s, r), items in found.items())
