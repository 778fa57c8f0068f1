"""The page about speed and closing, written from what was measured."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from benchmarks.diff.cases import FOLDER, Result
from benchmarks.diff.times import LIMIT, Stages, Time

AIM = 5
HOW = """\
```sh
python3.11 -m venv peers && peers/bin/pip install migra 'sqlalchemy<2' psycopg2-binary 'setuptools<81'
npm install --prefix peers @supabase/pg-delta@1.0.0-alpha.34   # Node 20
python -m benchmarks.diff.peers --migra peers/bin/migra --pgdelta peers/node_modules/.bin/pgdelta -o docs/diff-speed.md
```"""

CASES = """\
The {cases} cases of `tests/diff/cases`, up and down: {pairs} pairs. **The cases are this project's own**: it was made
to close them, and many are of kinds that the others do not claim to know; look at the kinds that you use. None is left
out. A server is given BEFORE, a tool's SQL is run on it with psql the way the tool means it to be run, drops allowed,
and then `pg_dump --schema-only` and `pg_dumpall --roles-only` must say what they say of another server that was given
AFTER; the order of entries, of columns and of a policy's roles does not count. migra, pg-delta and policytool compare
the two databases; "policytool, files" compares the two files, without any server. Here the tools' own commands stay
loaded between pairs. Cases that policytool failed were measured again, with all tools, once it had been mended."""
TIMES = """\
Every table has a primary key, a foreign key, two more indexes, row level security with four policies, grants and a
comment; the change is a column, an index, a policy and a grant. Seconds of whole processes, the median of {runs} runs;
in brackets the processor time of the tool's own processes, without the server's. pg-delta plans in one process and
writes the SQL in another. After {limit} s a tool is stopped."""


def document(
    *,
    versions: Sequence[str],
    postgres: str,
    results: Sequence[Result],
    times: Sequence[Time],
    stages: Sequence[Stages],
    load: float,
) -> Iterator[str]:
    """The lines."""
    yield "# policytool diff beside migra and pg-delta"
    yield ""
    yield f"Written by `python -m benchmarks.diff.peers`. PostgreSQL {postgres}, {os.cpu_count()} cores,"
    yield f"{'; '.join(f'policytool {version}' if version[:1].isdigit() else version for version in versions)}."
    yield ""
    yield HOW
    if results:
        yield from ["", "## How many close", "", *_closing(results)]
    if times:
        yield from ["", "## How long a small change takes", "", *_times(times, load)]
    if stages:
        yield from ["", "## Where the time of policytool goes", "", *_stages(stages)]


# --- cases ----------------------------------------------------------------------------------------------------------


def _closing(results: Sequence[Result]) -> Iterator[str]:
    tools = list(dict.fromkeys(result.tool for result in results))
    names = {result.case for result in results}
    yield CASES.format(cases=len(names), pairs=2 * len(names))
    yield ""
    yield "| | closed | SQL that does not run, or none | another end |"
    yield "|---|--:|--:|--:|"
    for tool in tools:
        own = [result for result in results if result.tool == tool]
        closed = sum(not result.wrong for result in own)
        failed = sum(result.failed for result in own)
        yield f"| {tool} | {closed} ({closed / len(own):.1%}) | {failed} | {len(own) - closed - failed} |"
    yield ""
    yield f"| kind | pairs | {' | '.join(tools)} |"
    yield f"|---|--:|{'--:|' * len(tools)}"
    for kind in sorted({_kind(result) for result in results}):
        own = [result for result in results if _kind(result) == kind]
        counts = [sum(not r.wrong for r in own if r.tool == tool) for tool in tools]
        yield f"| {kind} | {len(own) // len(tools)} | {' | '.join(map(str, counts))} |"
    yield from _not_closed(results)


def _kind(result: Result) -> str:
    return result.case.partition("-")[0].replace("functions", "function")


def _not_closed(results: Sequence[Result]) -> Iterator[str]:
    own: dict[tuple[str, str], list[str]] = {}
    for result in results:
        if result.wrong and result.tool.startswith("policytool"):
            way = f"{result.direction}{', files' if 'files' in result.tool else ''}"
            own.setdefault((result.case, _why(result)), []).append(way)
    if own:
        yield from ["", "What policytool does not close:", ""]
        yield from (f"- {case} ({'; '.join(ways)}): {why}" for (case, why), ways in own.items())


def _why(result: Result) -> str:
    """The reason that the case gives, else what was seen."""
    told = FOLDER / result.case / "no-dump.txt"
    return told.read_text(encoding="utf-8").strip() if told.exists() else f"`{_short(result.wrong)}`"


def _short(text: str) -> str:
    text = " ".join(text.replace("`", "'").split())
    return text if len(text) < 150 else f"{text[:147]}…"


# --- times ----------------------------------------------------------------------------------------------------------


def _times(times: Sequence[Time], load: float) -> Iterator[str]:
    tools = list(dict.fromkeys(time.tool for time in times))
    runs = max(time.runs for time in times)
    yield TIMES.format(runs=runs, limit=f"{LIMIT:.0f}")
    if load > 1.5:
        yield f"Others worked on the machine meanwhile (load average {load:.1f} at the beginning): processor times say"
        yield "more than the seconds."
    yield ""
    yield f"| tables | {' | '.join(tools)} | migra : policytool |"
    yield f"|--:|{'--:|' * len(tools)}--:|"
    for tables in dict.fromkeys(time.tables for time in times):
        row = {time.tool: time for time in times if time.tables == tables}
        cells = [_cell(row.get(tool)) for tool in tools]
        yield f"| {tables:,} | {' | '.join(cells)} | {_faster(row)} |"
    own = [time for time in times if time.tool == "policytool" and not time.error]
    if len(own) > 1:
        last, most = own[-2], own[-1]
        yield ""
        times_as_long = f"{most.seconds / last.seconds:.1f} times as long"
        yield f"From {last.tables:,} to {most.tables:,} tables policytool takes {times_as_long}."
    at = {time.tool: time for time in times if time.tables == 1000 and not time.error}
    if {"policytool", "migra"} <= at.keys():
        reached = at["migra"].seconds >= AIM * at["policytool"].seconds
        verdict = "is" if reached else "is not"
        yield f"To be {AIM} times as fast as migra at 1,000 tables was the aim; it {verdict} reached."


def _cell(time: Time | None) -> str:
    match time:
        case None:
            return "–"
        case Time(error=""):
            return f"{time.seconds:.2f} ({time.processor:.2f})"
        case Time(error="timeout"):
            return f"> {LIMIT:.0f}"
    return f"error: {_short(time.error)}"


def _faster(row: dict[str, Time]) -> str:
    own, other = row.get("policytool"), row.get("migra")
    if own is None or other is None or own.error or other.error not in ("", "timeout"):
        return "–"
    return f"{'> ' if other.error else ''}{other.seconds / own.seconds:.1f}"


def _stages(stages: Sequence[Stages]) -> Iterator[str]:
    yield "Seconds in a process that runs already: reading each side, planning with hazards and access, the SQL's text."
    yield ""
    yield "| tables | from | BEFORE | AFTER | planning | writing | statements |"
    yield "|--:|---|--:|--:|--:|--:|--:|"
    for one in stages:
        seconds = (one.load_before, one.load_after, one.plan, one.write)
        cells = " | ".join(f"{value:.2f}" for value in seconds)
        yield f"| {one.tables:,} | {one.source} | {cells} | {one.statements} |"
