"""One SQL statement: its parse tree, exact text, place, and the comments beside it."""

import re
from typing import Any

import msgspec

from policytool.source.model import SqlFile
from policytool.syntax.location import Location, line_index

_TOKEN = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|\w+|\S")


class Statement(msgspec.Struct, frozen=True):
    """A parsed statement; `base` is the byte in the file's UTF-8 text that a node's location 0 refers to."""

    kind: str
    node: dict[str, Any]
    sql: str
    file: SqlFile
    location: Location
    base: int
    comments: tuple[str, ...]
    index: int


def locate(statement: Statement, start: int, end: int | None = None) -> Location:
    """The place of a node from its byte `location`; without an end, the token that starts there."""
    index = line_index(statement.file.text)
    first = index.character(statement.base + start)
    if end is not None:
        return index.location(statement.file.path, first, index.character(statement.base + end))
    token = _TOKEN.match(statement.file.text, first)
    return index.location(statement.file.path, first, token.end() if token else first + 1)
