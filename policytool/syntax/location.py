"""Places in a file, found from the byte offsets of the parser, and excerpts that show them."""

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

import msgspec

TAB = 4


class Location(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A span of a file, lines and columns counted from 1 in characters; the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class ExcerptLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line as shown, and the part of it to underline (counted in shown characters; None if no part of it)."""

    number: int
    text: str
    mark: tuple[int, int] | None = None


class LineIndex:
    """Finds line and column of an offset in one text."""

    __slots__ = ("_byte_starts", "_starts", "_text")

    def __init__(self, text: str) -> None:
        lines = text.split("\n")
        self._text = text
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self._byte_starts = (
            self._starts if text.isascii() else [0, *accumulate(len(line.encode()) + 1 for line in lines)]
        )

    def line_of(self, byte: int) -> int:
        """The line (from 0) that holds this byte."""
        return min(bisect_right(self._byte_starts, byte), len(self._starts) - 1) - 1

    @property
    def lines(self) -> int:
        """How many lines the text has."""
        return len(self._starts) - 1

    def line(self, number: int) -> str:
        """One line, from 1, without its end."""
        return self._text[self._starts[number - 1] : self._starts[number] - 1].removesuffix("\r")

    def character(self, byte: int) -> int:
        """The character offset of a byte offset."""
        if self._byte_starts is self._starts:
            return byte
        line = self.line_of(byte)
        raw = self._text[self._starts[line] : self._starts[line + 1]].encode()
        return self._starts[line] + len(raw[: byte - self._byte_starts[line]].decode(errors="ignore"))

    def byte(self, character: int) -> int:
        """The byte offset of a character offset."""
        if self._byte_starts is self._starts:
            return character
        line = bisect_right(self._starts, character) - 1
        return self._byte_starts[line] + len(self._text[self._starts[line] : character].encode())

    def position(self, character: int) -> tuple[int, int]:
        """Line and column, from 1, of a character offset."""
        line = min(bisect_right(self._starts, character), len(self._starts) - 1) - 1
        return line + 1, character - self._starts[line] + 1

    def location(self, path: str, start: int, end: int) -> Location:
        """The location of a span of characters."""
        line, column = self.position(start)
        end_line, end_column = self.position(max(start, end))
        return Location(path=path, line=line, column=column, end_line=end_line, end_column=end_column)


@lru_cache(maxsize=32)
def line_index(text: str) -> LineIndex:
    """The index of a text, kept for the texts looked at last."""
    return LineIndex(text)


def excerpt(text: str, location: Location, context: int = 0) -> tuple[ExcerptLine, ...]:
    """The lines of a location with `context` lines around it, tabs expanded, each with the columns to underline."""
    index = line_index(text)
    first = max(1, location.line - context)
    last = min(index.lines, location.end_line + context)
    return tuple(_shown(number, index.line(number), location) for number in range(first, last + 1))


def _shown(number: int, line: str, location: Location) -> ExcerptLine:
    text = _expand(line)
    if not location.line <= number <= location.end_line:
        return ExcerptLine(number=number, text=text)
    indent = len(line) - len(line.lstrip())
    start = location.column - 1 if number == location.line else indent
    end = location.end_column - 1 if number == location.end_line else len(line)
    left, right = len(_expand(line[:start])), len(_expand(line[:end]))
    if right <= left and number != location.line:
        return ExcerptLine(number=number, text=text)
    return ExcerptLine(number=number, text=text, mark=(left, max(right, left + 1)))


def _expand(line: str) -> str:
    # A carriage return or an escape in somebody's SQL must not move the cursor of the terminal that shows it.
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line.expandtabs(TAB))
