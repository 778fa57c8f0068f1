"""Mutation of policies as text, JSON and Markdown: how much was noticed, and what was not."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from policytool.report.json import pretty
from policytool.report.words import count, printable
from policytool.syntax.location import Location
from policytool.testing.mutation.mutate_suites import Mutation
from policytool.testing.mutation.score import Mutated, Score, Status, TableScore, percent

FORMATS: Final = ("text", "json", "markdown")
_HEADINGS: Final[dict[Status, str]] = {
    "survived": "no test notices",
    "unseeded": "no seeded row tells",
    "untold": "no row was found that tells",
    "failed": "could not be made",
    "equivalent": "change nothing, left out",
    "killed": "noticed",
}


class TableDocument(Struct, frozen=True, kw_only=True):
    """The mutants of a table, counted; `score` is a percentage that is not rounded, None where nothing counts."""

    table: str
    score: float | None
    killed: int
    survived: int
    unseeded: int
    untold: int
    equivalent: int
    failed: int


class ScoreDocument(Struct, frozen=True, kw_only=True):
    """What was found on one server."""

    server: str
    total: TableDocument
    tables: tuple[TableDocument, ...]
    mutants: tuple[Mutated, ...]
    failing: tuple[str, ...]  # cases that fail without any mutant
    seconds: float


class MutationDocument(Struct, frozen=True, kw_only=True):
    """Mutation as other programs read it."""

    runs: tuple[ScoreDocument, ...]


def render(found: Sequence[Mutation], form: str, *, width: int = 80, verbosity: int = 0) -> str:
    """The mutation in one format."""
    match form:
        case "json":
            return pretty(MutationDocument(runs=tuple(map(_document, found))))
        case "markdown":
            return "\n".join(line for run in found for line in _markdown(run)) + "\n"
    named = len(found) > 1 or verbosity > 0
    return "\n".join(line for run in found for line in _text(run, width, verbosity, named=named)) + "\n"


def _document(found: Mutation) -> ScoreDocument:
    score = found.score
    return ScoreDocument(
        server=found.server,
        total=_table(score.total),
        tables=tuple(map(_table, score.tables)),
        mutants=score.results,
        failing=score.failing,
        seconds=round(score.seconds, 3),
    )


def _table(found: TableScore) -> TableDocument:
    return TableDocument(
        table=found.table,
        score=None if found.part is None else float(found.part * 100),
        killed=found.killed,
        survived=found.survived,
        unseeded=found.unseeded,
        untold=found.untold,
        equivalent=found.equivalent,
        failed=found.failed,
    )


# --- text -----------------------------------------------------------------------------------------------------------


def _text(found: Mutation, width: int, verbosity: int, *, named: bool) -> Iterator[str]:
    score = found.score
    if named:
        yield from (printable(found.server), "")
    if verbosity >= 0:
        yield from _grid(score, width)
    for status in _listed(score, verbosity):
        made = score.of(status)
        yield ""
        yield f"{_HEADINGS[status]} ({len(made)})"
        same = made[0].note if len({result.note for result in made}) == 1 and len(made) > 1 else ""
        yield from textwrap.wrap(same, width - 2, initial_indent="  ", subsequent_indent="  ")
        for result in made:
            yield from _mutant(result, width, told=bool(same))
    if score.failing:
        yield ""
        yield f"fail without any mutant, left out ({len(score.failing)})"
        yield from (f"  {printable(name)}" for name in score.failing)
    if verbosity >= 0:
        yield ""
        yield from textwrap.wrap(tally(score), width)
    if verbosity > 0 and score.results:
        yield f"{score.seconds:.1f} s, {score.seconds / len(score.results) * 1000:.0f} ms a mutant"


def _listed(score: Score, verbosity: int) -> Iterator[Status]:
    """What is told one by one: what has to be done first; with -v all, and what was noticed with -vv."""
    shown: list[Status] = ["survived", "unseeded"]
    shown += ["untold", "failed"] if verbosity >= 0 else []
    shown += ["equivalent"] if verbosity > 0 else []
    shown += ["killed"] if verbosity > 1 else []
    yield from (status for status in shown if score.of(status))


def _grid(score: Score, width: int) -> Iterator[str]:
    rows = [table for table in score.tables if table.counted or table.untold]
    names = [printable(table.table) for table in rows]
    first = min(max((len(n) for n in (*names, "table")), default=5), max(20, width - 44))
    yield _line("table", ("noticed", "of", "", "no row tells"), first)
    for table, name in zip(rows, names, strict=True):
        yield _line(name, _numbers(table), first)
    yield _line("total", _numbers(score.total), first)


def _numbers(table: TableScore) -> tuple[str, ...]:
    return str(table.killed), str(table.counted), percent(table.part), str(table.untold or "")


def _line(name: str, columns: tuple[str, ...], first: int) -> str:
    shown = name if len(name) <= first else name[: first - 1] + "…"
    widths = (7, 5, 7, 12)
    return "  ".join([shown.ljust(first), *(c.rjust(w) for c, w in zip(columns, widths, strict=True))]).rstrip()


def _mutant(result: Mutated, width: int, *, told: bool) -> Iterator[str]:
    yield f"  {printable(result.table)}{_at(result.location)}"
    for text in (result.text,) if told else (result.text, result.note):
        yield from textwrap.wrap(
            printable(text), width - 4, initial_indent="    ", subsequent_indent="    ", break_long_words=False,
            break_on_hyphens=False,
        )  # fmt: skip


def _at(location: Location | None) -> str:
    return f" {printable(location.path)}:{location.line}" if location is not None else ""


def tally(score: Score) -> str:
    """`92 of 98 mutants noticed, 93.8 %; 4 that no row tells, 300 that change nothing; 0.1 s each`."""
    total = score.total
    said = f"{total.killed} of {count(total.counted, 'mutant')} noticed, {percent(total.part)}"
    others = [
        f"{number} {what}"
        for number, what in (
            (total.untold, "that no row tells"),
            (total.equivalent, "that change nothing" if total.equivalent > 1 else "that changes nothing"),
            (total.failed, "that could not be made"),
        )
        if number
    ]
    return "; ".join([said, ", ".join(others)] if others else [said])


# --- markdown -------------------------------------------------------------------------------------------------------


def _markdown(found: Mutation) -> Iterator[str]:
    score = found.score
    yield f"## Mutation: {_escaped(found.server)}"
    yield ""
    yield tally(score) + "."
    yield ""
    yield "| table | noticed | of | score | no row tells |"
    yield "|---|--:|--:|--:|--:|"
    for table in (t for t in score.tables if t.counted or t.untold):
        yield f"| {_escaped(table.table)} | {' | '.join(_numbers(table))} |"
    for status in _listed(score, -1):
        yield ""
        yield f"### {_HEADINGS[status].capitalize()}"
        yield ""
        for result in score.of(status):
            yield f"- {_escaped(result.table + _at(result.location))}: {_escaped(result.text)}. {_escaped(result.note)}"
    yield ""


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|&@" else c for c in printable(text).replace("\n", " "))
