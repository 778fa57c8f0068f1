"""The comments of a file that speak to policytool, wherever they stand."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from msgspec import Struct

from policytool.syntax.comments import comment_spans
from policytool.syntax.location import Location, line_index
from policytool.syntax.split import quoted_spans, split

MARK = "policytool:"
_COMMENT = re.compile(r"--[^\n]*|/\*")


class Remark(Struct, frozen=True, kw_only=True):
    """One comment, with its marks."""

    text: str
    location: Location


@functools.lru_cache(maxsize=64)
def remarks(text: str, path: str) -> tuple[Remark, ...]:
    """Every comment that mentions policytool; what stands in a string, a name or a function's body is no comment."""
    if MARK not in text:
        return ()
    index = line_index(text)
    return tuple(
        Remark(text=text[start:end].rstrip("\r"), location=index.location(path, start, end))
        for start, end in _comments(text)
        if MARK in text[start:end]
    )


def _comments(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for piece in split(text):
        if piece.kind == "sql":
            yield from _of_piece(text, piece.start, piece.end)
        position = piece.after
    yield from comment_spans(text, position, len(text))


def _of_piece(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for opened, closed, _ in quoted_spans(text, start, end):
        yield from _between(text, start, opened)
        start = closed
    yield from _between(text, start, end)


def _between(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The comments of a stretch without quotes; `comment_spans` wants nothing else in it."""
    if first := _COMMENT.search(text, start, end):
        yield from comment_spans(text, first.start(), end)
