"""Audit many repositories and record, numbered and without names, what was read, understood and found.

usage: python benchmarks/corpus.py [-o FILE] FOLDER [FOLDER …]
"""

from __future__ import annotations

import argparse
import time
import traceback
from collections import Counter
from pathlib import Path

from msgspec import Struct

from policytool import api
from policytool.audit.outcome import Audit
from policytool.errors import PolicytoolError


class Row(Struct, frozen=True, kw_only=True):
    """What one repository gave."""

    files: int
    statements: int
    unparsed: int
    unmodelled: int
    assumed: int
    tables: int
    seconds: float
    rules: dict[str, int]


def measure(folder: Path) -> Row | str:
    """One audit; an error as text when the source cannot be audited."""
    start = time.perf_counter()
    try:
        loaded = api.load(str(folder))
        audit = api.audit(loaded)
    except PolicytoolError as error:
        return error.message
    return row(audit, time.perf_counter() - start)


def row(audit: Audit, seconds: float) -> Row:
    """The figures of an audit."""
    open_ = audit.result.coverage.unmodelled
    kinds = Counter(u.kind for u in open_)
    unparsed = kinds["syntax"]
    return Row(
        files=len(audit.project.files),
        statements=audit.statements + unparsed,
        unparsed=unparsed,
        unmodelled=sum(u.security and u.kind not in ("syntax", "assumed") for u in open_),
        assumed=kinds["assumed"],
        tables=len(audit.result.coverage.tables),
        seconds=seconds,
        rules=dict(sorted(Counter(f.rule for f in audit.result.findings).items())),
    )


def table(rows: list[Row | str]) -> str:
    """The figures of all repositories as Markdown: one line each, then the findings by rule."""
    lines = [
        "| # | files | statements | parsed | modelled | not modelled | assumed tables | tables | findings | seconds |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for number, found in enumerate(rows, 1):
        if isinstance(found, str):
            lines.append(f"| {number} | {found} |")
            continue
        parsed = found.statements - found.unparsed
        lines.append(
            f"| {number} | {found.files} | {found.statements} | {parsed} | {parsed - found.unmodelled} "
            f"| {found.unmodelled} | {found.assumed} | {found.tables} | {sum(found.rules.values())} "
            f"| {found.seconds:.2f} |"
        )
    return "\n".join(lines) + "\n"


def by_rule(rows: list[Row | str]) -> str:
    """Findings by rule and repository."""
    good = [(n, r) for n, r in enumerate(rows, 1) if isinstance(r, Row)]
    names = sorted({name for _, r in good for name in r.rules})
    lines = ["| rule | findings | repositories | by repository |", "|---|--:|--:|---|"]
    for name in names:
        counts = [(n, r.rules[name]) for n, r in good if name in r.rules]
        each = ", ".join(f"{n}: {c}" for n, c in counts)
        lines.append(f"| {name} | {sum(c for _, c in counts)} | {len(counts)} | {each} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure every folder; exit with 1 when one of them ended in a traceback."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    rows: list[Row | str] = []
    failed = 0
    for folder in options.folders:
        try:
            rows.append(measure(folder))
        except Exception:
            failed += 1
            traceback.print_exc()
            rows.append("traceback")
    text = f"{table(rows)}\n{by_rule(rows)}"
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
