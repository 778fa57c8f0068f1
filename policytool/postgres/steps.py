"""The statements of a file in the order they run, with those of the files that it includes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from policytool.source.model import SqlFile
from policytool.syntax.psql import meta_command
from policytool.syntax.split import Piece, split

_END_OF_ROWS = re.compile(r"^\\\.[ \t\r]*\Z", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A statement and where it is written."""

    file: SqlFile
    piece: Piece

    @property
    def sql(self) -> str:
        return self.file.text[self.piece.body : self.piece.end]

    @property
    def rows(self) -> str:
        """The lines between COPY … FROM stdin and the end mark."""
        after = self.file.text[self.piece.end : self.piece.after].removeprefix(";")
        return _END_OF_ROWS.sub("", after[after.find("\n") + 1 :])


def as_file(source: SqlFile | Path | str, number: int) -> SqlFile:
    """A file from a path or a text."""
    match source:
        case Path():
            return SqlFile(path=str(source), text=source.read_text(encoding="utf-8"), order=number)
        case str():
            return SqlFile(path=f"text {number}", text=source, order=number)
    return source


def steps_of(file: SqlFile, ignored: list[str]) -> Iterator[Step]:
    """The statements; `ignored` gets the psql lines that would have done something."""
    for piece in split(file.text):
        if piece.kind == "sql":
            yield Step(file=file, piece=piece)
            continue
        line = file.text[piece.body : piece.end]
        command = meta_command(line)
        included = [include.file for include in file.includes if include.name == command.argument]
        if command.verdict == "include" and included:
            yield from steps_of(included[0], ignored)
        elif command.verdict != "silent":
            ignored.append(line)
