r"""Plays a file as psql does for pg_prove: statement by statement, with \i, \if, variables, and rows as lines."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from policytool.postgres.steps import Step
from policytool.syntax.location import line_index
from policytool.syntax.psql import meta_command
from policytool.syntax.split import Piece, split
from policytool.testing.pgtap.result import Fault
from policytool.testing.pgtap.tap import Place, Tap
from policytool.testing.pgtap.variables import interpolate, truth, words

if TYPE_CHECKING:
    from policytool.postgres.results import ApplyError
    from policytool.postgres.script import Console, Reply
    from policytool.source.model import SqlFile

# Where a file that another one names is: the including file, the name, whether it is relative to that file.
Load = Callable[["SqlFile", str, bool], "SqlFile | None"]

_COMMANDS: Final = re.compile(r"\s+(?=\\[A-Za-z!?])")
_SENDERS: Final = frozenset({"g", "gx", "gset", "gexec", "gdesc", "watch", "crosstabview", "bind"})
_DEEPEST: Final = 16
_CONDITIONS: Final = frozenset({"if", "elif", "else", "endif"})


class _Stop(Exception):
    """Nothing more of the script is run."""


class Player:
    """One script on one connection; what it prints goes to the TAP reader."""

    def __init__(self, console: Console, tap: Tap, load: Load) -> None:
        self._console = console
        self._tap = tap
        self._load = load
        # As pg_prove starts psql.
        self._variables = {"ON_ERROR_STOP": "1", "AUTOCOMMIT": "on", "QUIET": "on"}
        # For each \if that is open, whether its branch runs, and whether one of its branches has run.
        self._branches: list[tuple[bool, bool]] = []
        self._muted = False
        self.faults: list[Fault] = []
        self.notes: list[str] = []

    def play(self, file: SqlFile) -> None:
        """Run a file to its end, or to the error that ends it."""
        try:
            self._play(file, 0)
        except _Stop:
            return

    def _play(self, file: SqlFile, depth: int) -> None:
        pieces = list(split(file.text))
        for number, piece in enumerate(pieces):
            if piece.kind == "psql":
                for command in _COMMANDS.split(file.text[piece.body : piece.end]):
                    self._command(file, piece, command.strip(), depth)
            elif self._runs:
                self._statement(Step(file=file, piece=piece), _sender(file, pieces[number : number + 2]))

    @property
    def _runs(self) -> bool:
        return all(runs for runs, _ in self._branches)

    def _statement(self, step: Step, sender: tuple[str, str]) -> None:
        undo = truth(self._variables.get("ON_ERROR_ROLLBACK", "off")) is True
        began = time.perf_counter()
        reply = self._console.send(step, interpolate(step.sql, self._variables), undo=undo)
        seconds = time.perf_counter() - began
        if reply.error:
            self._fail(_fault(reply.error))
        elif sender[0] == "gset":
            self._store(step, reply, sender[1])
        elif sender[0] == "gexec":
            for sql in (cell for row in reply.rows for cell in row if cell):
                again = self._console.send(step, sql, undo=undo)
                self._print(again, Place(step.file.path, _line(step)))
        else:
            self._print(reply, Place(step.file.path, _line(step), seconds), expanded=sender[0] == "gx")

    def _print(self, reply: Reply, place: Place, *, expanded: bool = False) -> None:
        if reply.error:
            self._fail(_fault(reply.error))
        elif reply.columns and not self._muted:
            rows: Iterable[Iterable[str | None]] = reply.rows
            if expanded:
                rows = (pair for row in reply.rows for pair in zip(reply.columns, row, strict=True))
            self._tap.read("\n".join("|".join(cell or "" for cell in row) for row in rows), place)
            if self._tap.bail_out is not None:
                raise _Stop

    def _store(self, step: Step, reply: Reply, prefix: str) -> None:
        if len(reply.rows) != 1:
            found = "no rows" if not reply.rows else "more than one row"
            self._fail(Fault(message=f"{found} returned for \\gset", path=step.file.path, line=_line(step)))
            return
        for name, value in zip(reply.columns, reply.rows[0], strict=True):
            if value is None:
                self._variables.pop(prefix + name, None)
            else:
                self._variables[prefix + name] = value

    def _fail(self, fault: Fault) -> None:
        self.faults.append(fault)
        if truth(self._variables.get("ON_ERROR_STOP", "off")) is not False or not self._console.alive:
            raise _Stop

    def _command(self, file: SqlFile, piece: Piece, line: str, depth: int) -> None:
        name, _, rest = line[1:].partition(" ")
        name = {"include": "i", "include_relative": "ir", "quit": "q"}.get(name, name)
        if name in _CONDITIONS:
            self._condition(name, rest)
        elif not self._runs or name in _SENDERS:
            return
        elif name in ("i", "ir"):
            self._include(file, piece, words(rest, self._variables), depth, relative=name == "ir")
        elif name == "q":
            raise _Stop
        else:
            self._set_or_say(file, piece, name, line, words(rest, self._variables))

    def _set_or_say(self, file: SqlFile, piece: Piece, name: str, line: str, given: list[str]) -> None:
        match name, given:
            case "set", [variable, *values]:
                self._variables[variable] = "".join(values)
            case "unset", [variable, *_]:
                self._variables.pop(variable, None)
            case "echo" | "qecho", _:
                at = line_index(file.text).position(piece.body)[0]
                if not self._muted:
                    self._tap.read(" ".join(w for w in given if w != "-n"), Place(file.path, at))
            case "o" | "out", _:
                self._muted = bool(given)
            case (("!" | "copy" | "c" | "connect" | "prompt" | "setenv"), _):
                self._refuse(file, piece, line)
            case _ if meta_command(line).verdict != "silent":
                self.notes.append(f"{file.path}: {line} is not carried out")

    def _refuse(self, file: SqlFile, piece: Piece, line: str) -> None:
        row, column = line_index(file.text).position(piece.body)
        if line.startswith("\\c") and set(words(line, {})[1:]) <= {"-", "postgres"} and not line.startswith("\\copy"):
            return
        message = f"{line.split()[0]} is not carried out on a throwaway server"
        self._fail(Fault(message=message, path=file.path, line=row, column=column))

    def _include(self, file: SqlFile, piece: Piece, given: list[str], depth: int, *, relative: bool) -> None:
        row, column = line_index(file.text).position(piece.body)
        name = given[0].rstrip(";") if given else ""
        included = self._load(file, name, relative) if name and depth < _DEEPEST else None
        if included is None:
            self._fail(Fault(message=f"{name}: no such file in the project", path=file.path, line=row, column=column))
        else:
            self._play(included, depth + 1)

    def _condition(self, name: str, rest: str) -> None:
        if name == "if":
            holds = self._runs and self._holds(rest)
            self._branches.append((holds, holds or not self._runs))
        elif self._branches:
            _, done = self._branches.pop()
            if name == "elif":
                holds = not done and self._holds(rest)
                self._branches.append((holds, done or holds))
            elif name == "else":
                self._branches.append((not done, True))

    def _holds(self, rest: str) -> bool:
        return truth(" ".join(words(rest, self._variables))) is True


def _sender(file: SqlFile, pieces: list[Piece]) -> tuple[str, str]:
    """The command that ends a statement in place of a semicolon, and its argument."""
    first, *others = pieces
    if not others or others[0].kind != "psql" or file.text.startswith(";", first.end):
        return "", ""
    name, _, argument = file.text[others[0].body + 1 : others[0].end].strip().partition(" ")
    return (name, argument.strip()) if name in _SENDERS else ("", "")


def _line(step: Step) -> int:
    return line_index(step.file.text).position(step.piece.body)[0]


def _fault(error: ApplyError) -> Fault:
    return Fault(
        message=error.message,
        path=error.path,
        line=error.line,
        column=error.column,
        sqlstate=error.sqlstate,
        detail=error.detail or "",
        hint=error.hint or "",
    )
