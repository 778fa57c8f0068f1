"""Where the statements of a block stand in their file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from policytool.catalog.build.state import State
from policytool.syntax.location import Location, line_index
from policytool.syntax.statement import Statement

Node = dict[str, Any]


class Places:
    """The text of a body inside its file, as long as it stands there as it is."""

    def __init__(self, statement: Statement, body: str, start: int) -> None:
        self.statement = statement
        self._body = body
        self._start = start  # of the body, in characters of the file
        self._lines = [0]
        for position, char in enumerate(body):
            if char == "\n":
                self._lines.append(position + 1)

    def line(self, number: int) -> Location:
        """The place of one line, without the blanks around it."""
        start = self._lines[min(max(number, 1), len(self._lines)) - 1]
        end = self._body.find("\n", start)
        text = self._body[start : end if end >= 0 else len(self._body)]
        left = start + len(text) - len(text.lstrip())
        return self._location(left, max(left + 1, start + len(text.rstrip())))

    def statement_at(self, number: int, sql: str, kind: str, node: Node) -> Statement | None:
        """A statement of the body as one of the file, so that places inside it are exact."""
        start = self._body.find(sql, self._lines[min(max(number, 1), len(self._lines)) - 1])
        if start < 0:
            return None
        outer = self.statement
        base = line_index(outer.file.text).byte(self._start + start)
        place = self._location(start, start + len(sql.rstrip()))
        return replace(outer, kind=kind, node=node, sql=sql, location=place, base=base)

    def _location(self, start: int, end: int) -> Location:
        file = self.statement.file
        return line_index(file.text).location(file.path, self._start + start, self._start + end)


def places_of(state: State, body: str, offset: int) -> Places | None:
    """The places of a body whose string constant starts at a byte offset of the running statement."""
    statement = state.statement
    if statement is None or state.origin is not None or state.dynamic:
        return None
    text = statement.file.text
    start = line_index(text).character(statement.base + offset)
    start = text.find("$", start + 1) + 1 if text[start : start + 1] == "$" else start + 1
    # Between single quotes the body stands as it is only where nothing in it is doubled.
    return Places(statement, body, start) if text.startswith(body, start) else None


@contextmanager
def at(state: State, statement: Statement | None, *, dynamic: bool) -> Iterator[None]:
    """Let what is folded inside be placed at a statement of the body; `dynamic` SQL has no places of its own."""
    before, depth = state.statement, state.dynamic
    if statement is not None:
        state.statement = statement
    if dynamic or statement is None:
        state.dynamic += 1
    try:
        yield
    finally:
        state.statement, state.dynamic = before, depth
