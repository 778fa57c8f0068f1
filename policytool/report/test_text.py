"""Tests as pytest prints them: a line for each file as it runs, the failures in full, a summary; 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from policytool.report.words import count, printable
from policytool.testing.running.results import Result, TestRun

_GREEN, _RED, _YELLOW, _BOLD, _OFF = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[0m"
_MARKS = {"passed": ("PASSED", _GREEN), "failed": ("FAILED", _RED), "skipped": ("SKIPPED", _YELLOW)}


class TextReport:
    """Prints while tests run. `write` takes text as it is to appear."""

    def __init__(
        self, write: Callable[[str], None], *, width: int = 80, verbosity: int = 0, colour: bool = False
    ) -> None:
        self._write = write
        self._width = min(width, 100)
        self._verbosity = verbosity
        self._colour = colour
        self._file = ""
        self._column = 0

    def begun(self, server: str) -> None:
        """Another server is there."""
        self._end_line()
        self._file = ""
        if self._verbosity >= 0:
            self._write(f"{printable(server)}\n\n" if not self._column else f"\n{printable(server)}\n\n")

    def seen(self, result: Result) -> None:
        """Another case has been tried."""
        if self._verbosity < 0:
            return
        if self._verbosity > 0:
            word, colour = _MARKS[_kind(result)]
            name = printable(f"{result.file}:{result.line} {result.name}")
            self._write(f"{name} {self._in(colour, word)}\n")
            return
        if result.file != self._file:
            self._end_line()
            self._file = result.file
            self._put(f"{printable(result.file)} ")
        mark = {"passed": ".", "failed": "F", "skipped": "s"}[_kind(result)]
        if self._column >= self._width:
            self._end_line()
        self._write(self._in(_MARKS[_kind(result)][1], mark))
        self._column += 1

    def ended(self, run: TestRun) -> None:
        """All is done."""
        self._end_line()
        if run.failed:
            self._write("\n" + self._rule("FAILURES", "=") + "\n")
            for number, result in enumerate(run.failed):
                self._write("" if not number else "\n")
                self._write("".join(f"{line}\n" for line in self._failure(result)))
            self._write("\n" + self._rule("short test summary", "=") + "\n")
            for result in run.failed:
                self._write(
                    self._in(_RED, "FAILED") + printable(f" {result.file}:{result.line} {_named(result)}") + "\n"
                )
        for file, name in run.by_grants:
            self._write(printable(f"note: only under one kind of grants: {file} {name}") + "\n")
        for note in run.notes if self._verbosity > 0 else ():
            self._write("".join(f"{line}\n" for line in _folded(f"note: {printable(note)}", self._width)))
        if run.untested and self._verbosity >= 0:
            told = printable(f"note: no policy test is about {', '.join(run.untested)}")
            self._write("".join(f"{line}\n" for line in _folded(told, self._width)))
        if self._verbosity >= 0:
            self._write("\n")
        self._write(self._in(_RED if run.failed else _GREEN, _centred(tally(run), "=", self._width)) + "\n")

    # --- failures ---------------------------------------------------------------------------------------------------

    def _failure(self, result: Result) -> Iterator[str]:
        yield self._rule(printable(_named(result)), "_")
        yield printable(f"{result.file}:{result.line}")
        if result.actor:
            role = "" if result.actor == result.role else f" ({result.role})"
            yield from self._entry("who", f"{result.actor}{role}")
        if result.sql:
            yield from self._entry("sql", result.sql)
        yield from self._entry("expected", result.expected)
        yield from self._entry("got", result.outcome)
        if result.problem:
            yield from self._entry("so", result.problem)
        if result.message and result.message not in result.problem:
            yield from self._entry("error", result.message)
        if result.why:
            yield from self._entry("why", result.why)
        if result.row is not None:
            yield from self._entry("row", row_of(result.row))

    def _entry(self, label: str, text: str) -> Iterator[str]:
        """`  label     text`, folded under itself."""
        first = f"  {label:<9} "
        lines = [line for part in printable(text).splitlines() or [""] for line in _folded(part, self._width - 12)]
        for number, line in enumerate(lines):
            yield (self._in(_BOLD, first) if not number else " " * 12) + line

    def _rule(self, title: str, of: str) -> str:
        return self._in(_RED if of == "_" else _BOLD, _centred(title, of, self._width))

    def _put(self, text: str) -> None:
        self._write(text)
        self._column += len(text)

    def _end_line(self) -> None:
        if self._column:
            self._write("\n")
        self._column = 0

    def _in(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_OFF}" if self._colour else text


def row_of(row: dict[str, str | None]) -> str:
    """A row in one line; long values are cut."""
    return ", ".join(f"{name}={_short(value)}" for name, value in row.items())


def tally(run: TestRun) -> str:
    """`1 failed, 12 passed, 2 skipped in 0.81 s`."""
    parts = [f"{len(run.failed)} failed"] if run.failed else []
    parts += [f"{run.passed} passed"] if run.passed or not run.failed else []
    parts += [f"{len(run.skipped)} skipped"] if run.skipped else []
    return f"{', '.join(parts)} in {run.seconds:.2f} s"


def summary(run: TestRun) -> str:
    """How many cases in how many files."""
    return f"{count(len(run.results), 'case')} in {count(len({r.file for r in run.results}), 'file')}"


def _kind(result: Result) -> str:
    return "failed" if not result.passed else "skipped" if result.skipped else "passed"


def _named(result: Result) -> str:
    return f"{result.name} [{result.grants}]" if result.grants else result.name


def _short(value: str | None) -> str:
    if value is None:
        return "null"
    return value if len(value) <= 40 else value[:39] + "…"


def _folded(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(20, width), break_on_hyphens=False, subsequent_indent="") or [""]


def _centred(title: str, of: str, width: int) -> str:
    return f" {title} ".center(width, of) if len(title) + 4 <= width else f"{of * 3} {title}"
