"""The matrix of real projects, predicted and measured: how many cells agree, and why the rest does not.

usage: python -m benchmarks.matrix_corpus [-o FILE] [--details FOLDER] [--only N …] LIST FOLDER

LIST names a project in each line, tab-separated: repository, commit, layout, root. FOLDER holds them as owner__name. In
what is written they are numbered in that order, and never named; the details are for whoever mends something.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from policytool import api
from policytool.errors import PolicytoolError
from policytool.testing.observed.matrix import Measured


class Row(Struct, frozen=True, kw_only=True):
    """What one project gave; `error` where nothing could be measured."""

    number: int
    layout: str
    error: str = ""
    tables: int = 0
    cells: int = 0
    agree: int = 0
    differ: int = 0
    undecided: dict[str, int] = {}
    leaks: dict[str, int] = {}
    unmeasured: int = 0
    attempts: int = 0
    rows: int = 0
    failed: int = 0  # migrations that do not run
    seconds: float = 0.0


def measure(number: int, layout: str, folder: Path, details: Path | None) -> Row:
    """One project, as far as its migrations run."""
    start = time.perf_counter()
    try:
        found = api.measure(api.load(str(folder)), keep_going=True)
    except PolicytoolError as error:
        return Row(number=number, layout=layout, error=error.message.splitlines()[0].replace(str(folder), "…"))
    if details is not None:
        details.mkdir(parents=True, exist_ok=True)
        (details / f"{number}.txt").write_text("\n".join(told(found)) + "\n")
    return row(number, layout, found, time.perf_counter() - start)


def row(number: int, layout: str, found: Measured, seconds: float) -> Row:
    """The figures."""
    verdicts = Counter(cell.verdict for cell in found.compared)
    return Row(
        number=number,
        layout=layout,
        tables=len({cell.table for cell in found.compared if cell.kind == "table"}),
        cells=len(found.compared),
        agree=verdicts["agree"],
        differ=verdicts["differ"],
        undecided=dict(Counter(reason(c.why) for c in found.compared if c.verdict == "not decidable")),
        leaks=dict(Counter(shown.leak.kind for shown in found.observation.leaks)),
        unmeasured=len(found.observation.unmeasured),
        attempts=found.observation.attempts,
        rows=found.observation.rows,
        failed=len(found.failed),
        seconds=seconds,
    )


_REASONS = (
    "the condition holds for", "no person or row of the worlds", "no row of the worlds fulfils",
    "triggers or errors of the project's own", "past the policies it ends otherwise", "it holds more than",
    "some rows could not be made", "no colleague fulfils", "it goes by the role", "each tenant is one person's",
    "there is no row to try it on", "the rows that were touched are not known", "it was not measured", "it reads ",
)  # fmt: skip


def reason(why: str) -> str:
    """A reason without what is of the one project."""
    for known in _REASONS:
        if why.startswith(known):
            return known.strip()
    return "no row could be made"


def told(found: Measured) -> Iterator[str]:
    """What there is to look at: cells that do not agree, leaks, what was not measured."""
    for cell in found.compared:
        if cell.verdict != "agree":
            sides = f"{cell.predicted} / {cell.observed}"
            yield f"{cell.verdict}: {cell.role} {cell.command} {cell.kind} {cell.table}: {sides} {cell.why}"
    for shown in found.observation.leaks:
        yield f"leak: {shown.leak.kind}: {shown.leak.sentence} ({shown.decided}) {shown.note}"
        yield from (f"    {step.who}: {step.sql} -> {step.outcome}" for step in shown.steps)
    for one in found.observation.unmeasured:
        yield f"unmeasured: {one.what}: {one.why}"


def page(rows: list[Row]) -> str:
    """All figures as Markdown."""
    done = [r for r in rows if not r.error]
    cells, agree, differ = (sum(getattr(r, name) for r in done) for name in ("cells", "agree", "differ"))
    undecided: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for r in done:
        undecided.update(r.undecided)
        kinds.update(r.leaks)
    lines = [
        "| # | tables | cells | agree | differ | not decidable | leaks | rows | statements | failed files | seconds |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        *(
            f"| {r.number} | {r.tables} | {r.cells} | {r.agree} | {r.differ} | {sum(r.undecided.values())} "
            f"| {sum(r.leaks.values())} | {r.rows} | {r.attempts} | {r.failed} | {r.seconds:.0f} |"
            for r in done
        ),
        f"| all | {sum(r.tables for r in done)} | {cells} | {agree} | {differ} | {sum(undecided.values())} "
        f"| {sum(kinds.values())} | {sum(r.rows for r in done)} | {sum(r.attempts for r in done)} "
        f"| {sum(r.failed for r in done)} | {sum(r.seconds for r in done):.0f} |",
        "",
        "Why cells could not be decided:",
        "",
        *(f"- {count}× {why}" for why, count in undecided.most_common()),
        "",
        "Leaks by kind:",
        "",
        *(f"- {count}× {kind}" for kind, count in kinds.most_common()),
    ]
    failed = [f"- {r.number} ({r.layout}): {r.error}" for r in rows if r.error]
    return "\n".join([*lines, *(["", "Not measured:", "", *failed] if failed else [])]) + "\n"


def main() -> None:
    """Measure all, or those named, and keep the figures of the others from a run before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", type=Path)
    parser.add_argument("--details", type=Path)
    parser.add_argument("--kept", type=Path, help="figures of runs before, which this one adds to")
    parser.add_argument("--only", type=int, nargs="*")
    given = parser.parse_args()
    rows: dict[int, Row] = {}
    if given.kept is not None and given.kept.exists():
        rows = {r.number: r for r in msgspec.json.decode(given.kept.read_bytes(), type=list[Row])}
    listed = [line.split("\t") for line in given.list.read_text().splitlines()[1:]]
    for number, (repository, _, layout, root, *_) in enumerate(listed, start=1):
        if given.only and number not in given.only:
            continue
        folder = given.folder / repository.replace("/", "__")
        if layout.startswith("supabase"):
            folder = folder / Path(root).parent.parent
        rows[number] = measure(number, layout, folder, given.details)
        print(rows[number], flush=True)
        if given.kept is not None:
            given.kept.write_bytes(msgspec.json.encode([rows[n] for n in sorted(rows)]))
    text = page([rows[n] for n in sorted(rows)])
    if given.o is not None:
        given.o.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
