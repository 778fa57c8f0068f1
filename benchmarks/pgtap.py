"""Run the pgTAP suites of many repositories under both grant profiles, and record it, numbered and without names.

usage: python -m benchmarks.pgtap [-o FILE] [--details FILE] [--only N,N] [--fresh] TABLE FOLDER

TABLE is a tab-separated list with the columns `repo`, `layout` and `root`; FOLDER holds a folder owner__name for each,
with all files below `supabase`, whatever their suffix: suites include some. The details name files: each assertion that
fails, and each error.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from policytool import api
from policytool.errors import PolicytoolError
from policytool.postgres.providers import choose
from policytool.testing.ground import ground
from policytool.testing.pgtap import SuiteResult, find_suites, run_suites, seed_files

PROFILES: Final = ("supabase-legacy", "supabase-explicit")
PLAIN: Final = ("postgres",)


class Row(Struct, frozen=True, kw_only=True):
    """What the suites of one repository gave under one profile."""

    number: int
    profile: str
    results: tuple[SuiteResult, ...]
    seconds: float
    broken: tuple[str, ...] = ()

    @property
    def tests(self) -> list[SuiteResult]:
        return [result for result in self.results if not result.preparation]


def measure(number: int, folder: Path, source: Path, profile: str, *, fresh: bool) -> Row | str:
    """Migrate, seed, and run all suites; a text where that is not to be had."""
    suites = find_suites(folder)
    said: list[str] = []
    began = time.perf_counter()
    try:
        loaded = api.load(str(source), platform=profile)  # type: ignore[arg-type]
        with ground(loaded.project, loaded.built, choose(), keep_going=True) as place:
            said += [f"{error.path}:{error.line}: {error.message}" for error in place.failed]
            found = run_suites(
                place.server, place.template, suites, seeds=seed_files(folder), fresh=fresh, progress=said.append
            )
            results = tuple(found)
    except PolicytoolError as error:
        return error.message
    return Row(
        number=number,
        profile=profile,
        results=results,
        seconds=time.perf_counter() - began,
        broken=tuple(said),
    )


def details(row: Row) -> Iterator[str]:
    """What the table does not tell, with names."""
    start = f"{row.number} {row.profile}: "
    yield from (f"{start}said: {line}" for line in row.broken)
    for result in row.results:
        yield f"{start}{result.path}: {'prepares' if result.preparation else 'passes' if result.passed else 'FAILS'}"
        for fault in result.errors:
            yield f"{start}  {fault.path}:{fault.line}: {fault.sqlstate} {fault.message} {fault.detail} {fault.hint}"
        for a in result.failed:
            yield f"{start}  {a.path}:{a.line}: not ok {a.number} - {a.description}"
            yield from (f"{start}      {line}" for line in a.diagnostics)
        yield from (f"{start}  note: {note}" for note in result.notes)


def report(rows: list[Row]) -> Iterator[str]:
    """Markdown: a line for each repository and profile, and the sums."""
    yield "| # | profile | files | pass | assertions | pass | seconds |"
    yield "|--:|---|--:|--:|--:|--:|--:|"
    for row in rows:
        yield f"| {row.number} | {row.profile} {figures([row])}"
    for profile in (*PROFILES, *PLAIN):
        yield f"| all | {profile} {figures([row for row in rows if row.profile == profile])}"


def figures(rows: list[Row]) -> str:
    """Files and assertions of some rows, and how many of them pass."""
    tests = [result for row in rows for result in row.tests]
    assertions = [a for result in tests for a in result.assertions]
    passed = sum(a.passed for a in assertions)
    seconds = sum(row.seconds for row in rows)
    good = sum(result.passed for result in tests)
    return f"| {len(tests):,} | {good:,} | {len(assertions):,} | {passed:,} | {seconds:.1f} |"


def main() -> int:
    """Measure all repositories that have suites."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--details", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    rows: list[Row] = []
    said: list[str] = []
    only = {int(number) for number in options.only.split(",") if number}
    with options.table.open(newline="") as table:
        listed = list(csv.DictReader(table, delimiter="\t"))
    for number, entry in enumerate(listed, 1):
        folder = options.folder / entry["repo"].replace("/", "__")
        if (only and number not in only) or not any(suite.plans for suite in find_suites(folder)):
            continue
        for profile in PROFILES if entry["layout"].startswith("supabase") else PLAIN:
            row = measure(number, folder, folder / entry["root"], profile, fresh=options.fresh)
            if isinstance(row, str):
                said.append(f"{number} {profile}: {row}")
            else:
                rows.append(row)
                said += details(row)
                print(f"{number} {profile} {figures([row])}", flush=True)
    text = "".join(f"{line}\n" for line in report(rows))
    if options.details:
        options.details.write_text("".join(f"{line}\n" for line in said), encoding="utf-8")
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
