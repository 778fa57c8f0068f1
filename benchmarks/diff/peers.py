"""Hold `policytool diff` against migra and pg-delta: how many cases each closes, and how long each takes.

usage: python -m benchmarks.diff.peers [-o FILE] [--keep FILE] [--only cases|times] [--migra PROGRAM]
                                       [--pgdelta PROGRAM] [--sizes N,N…] [--runs N] [--jobs N] [CASE …]

A tool that is not installed is left out. --keep FILE holds what was measured: with --only, or with cases by name, the
rest is taken from there.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec

from benchmarks.diff import cases, times
from benchmarks.diff.cases import Result
from benchmarks.diff.tables import document
from benchmarks.diff.times import Stages, Time
from benchmarks.diff.tools import installed

Programs = tuple[str | None, str | None]


class Measured(msgspec.Struct, kw_only=True):
    """All that the page is written from."""

    versions: list[str] = []
    postgres: str = ""
    results: list[Result] = []
    times: list[Time] = []
    stages: list[Stages] = []
    load: float = 0.0


def closing(programs: Programs, names: Sequence[str]) -> list[Result]:
    """Every tool on these cases, told as it goes."""
    found = []
    for result in cases.measure(installed(*programs), names):
        found.append(result)
        if result.wrong and result.tool.startswith("policytool"):
            print(f"{result.tool}: {result.case}, {result.direction}: {result.wrong}", flush=True)
    return found


def in_parallel(programs: Programs, names: Sequence[str], jobs: int) -> list[Result]:
    """The same in several processes, each with servers and drivers of its own."""
    with ProcessPoolExecutor(jobs) as pool:
        parts = [pool.submit(closing, programs, names[n::jobs]) for n in range(jobs)]
        return [result for part in parts for result in part.result()]


def _order(result: Result) -> tuple[str, bool]:
    return result.case, result.direction == "down"


def timing(programs: Programs, sizes: Sequence[int], runs: int) -> Iterator[Time | Stages]:
    """The times, told as they come."""
    for found in times.measure(installed(*programs), sizes, runs):
        print(found, flush=True)
        yield found


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="cases by name; all, if none is named")
    parser.add_argument("-o", "--output", type=Path, help="write the page")
    parser.add_argument("--keep", type=Path, help="a file for what was measured")
    parser.add_argument("--only", choices=("cases", "times", "page"), help="measure one part, or nothing")
    parser.add_argument("--migra", help="the program, if it is not on the PATH")
    parser.add_argument("--pgdelta", help="the program, if it is not on the PATH")
    parser.add_argument("--sizes", default="10,100,1000,3000", help="numbers of tables")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1, help="processes for the cases")
    return parser.parse_args()


def measured(options: argparse.Namespace) -> Measured:
    """What was kept, and what is measured now."""
    kept: Path | None = options.keep
    found = msgspec.json.decode(kept.read_bytes(), type=Measured) if kept and kept.exists() else Measured()
    programs = options.migra, options.pgdelta
    if options.only != "page":
        found.versions = list(dict.fromkeys(tool.version() for tool in installed(*programs)))
        with cases.servers() as (server, _):
            found.postgres = server.version
    if options.only in (None, "cases"):
        names = options.cases or cases.cases()
        found.results = [r for r in found.results if options.cases and r.case not in names]
        found.results = sorted([*found.results, *in_parallel(programs, names, options.jobs)], key=_order)
    if options.only in (None, "times"):
        found.load = os.getloadavg()[0]
        told = list(timing(programs, [int(size) for size in options.sizes.split(",")], options.runs))
        found.times = [one for one in told if isinstance(one, Time)]
        found.stages = [one for one in told if isinstance(one, Stages)]
    if kept:
        kept.write_bytes(msgspec.json.encode(found))
    return found


def lines(found: Measured) -> Iterable[str]:
    """The page."""
    return document(
        versions=found.versions,
        postgres=found.postgres,
        results=found.results,
        times=found.times,
        stages=found.stages,
        load=found.load,
    )


def main() -> None:
    """Measure, and write."""
    options = arguments()
    text = "\n".join(lines(measured(options))).rstrip() + "\n"
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
