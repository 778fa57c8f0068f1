"""What changed between two reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policytool.access.matrix import Cell
from policytool.report.overview.model import CellChange, Compared, FindingReport, PolicyReport, Report, Run

Key = tuple[str, str, str]


def compare(before: Report, after: Report) -> Compared:
    """The changes from one report to another, by names and fingerprints."""
    old_tables, new_tables = ({t.full_name: t for t in r.tables} for r in (before, after))
    old_policies, new_policies = ({_policy(p): p for p in r.policies} for r in (before, after))
    known, now = ({f.fingerprint for f in r.findings} for r in (before, after))
    both = sorted(old_tables.keys() & new_tables.keys())
    return Compared(
        before=before.source.label,
        tables_added=tuple(sorted(new_tables.keys() - old_tables.keys())),
        tables_removed=tuple(sorted(old_tables.keys() - new_tables.keys())),
        exposure=tuple(
            (name, old_tables[name].exposure, new_tables[name].exposure)
            for name in both
            if old_tables[name].exposure != new_tables[name].exposure
        ),
        policies_added=tuple(sorted(new_policies.keys() - old_policies.keys())),
        policies_removed=tuple(sorted(old_policies.keys() - new_policies.keys())),
        policies_changed=tuple(
            name
            for name in sorted(old_policies.keys() & new_policies.keys())
            if _says(old_policies[name]) != _says(new_policies[name])
        ),
        cells=tuple(_cells(before.cells, after.cells)),
        findings_new=tuple(n for n, f in enumerate(after.findings) if f.fingerprint not in known),
        findings_gone=tuple(_told(f) for f in before.findings if f.fingerprint not in now),
    )


def _policy(policy: PolicyReport) -> str:
    return f'{policy.table} "{policy.name}"'


def _says(policy: PolicyReport) -> tuple[object, ...]:
    return (policy.command, policy.permissive, policy.roles, policy.using, policy.with_check)


def _told(finding: FindingReport) -> str:
    return f"{finding.severity}: {finding.message}"


def _cells(before: Iterable[Cell], after: Iterable[Cell]) -> Iterator[CellChange]:
    """Cells with another reach or another filter; nothing that was and is nothing."""
    old, new = ({(c.role, c.table, c.command): c for c in cells} for cells in (before, after))
    for key in (*new, *(k for k in old if k not in new)):
        one, other = old.get(key), new.get(key)
        reach = tuple(c.access if c is not None else "none" for c in (one, other))
        if reach == ("none", "none") or (one and other and (one.access, one.filter) == (other.access, other.filter)):
            continue
        yield CellChange(
            role=key[0],
            table=key[1],
            command=key[2],
            before=one.access if one else None,
            after=other.access if other else None,
            filter_before=one.filter if one else None,
            filter_after=other.filter if other else None,
        )


def run_of(report: Report) -> Run:
    """The line of the history that a report makes."""
    numbers = report.summary
    return Run(
        at=report.generated,
        source=report.source.label,
        version=report.version,
        tables=numbers.tables,
        clean=numbers.clean,
        policies=numbers.policies,
        severity={str(name): number for name, number in numbers.severity.items()},
        exposure={str(name): number for name, number in numbers.exposure.items()},
        unmodelled=numbers.unmodelled,
    )
