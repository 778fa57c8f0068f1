"""Parse trees and offsets to statements with exact text, place and comments."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from policytool.source.model import SqlFile
from policytool.syntax.comments import leading, trailing
from policytool.syntax.location import line_index
from policytool.syntax.raw import Raw
from policytool.syntax.split import ink_end
from policytool.syntax.statement import Statement


class Found(msgspec.Struct):
    """A parsed statement by its characters in the file; comments before it begin no earlier than `gap`."""

    kind: str
    node: dict[str, Any]
    base: int
    start: int
    end: int
    gap: int


def found(raws: Iterable[Raw], text: str, *, base: int = 0, offset: int = 0, gap: int = 0) -> Iterator[Found]:
    """Turn byte offsets in the parsed text into characters of the file; `offset` is where that text begins."""
    encoded = None if text.isascii() else text.encode()
    byte = character = 0
    length = len(text if encoded is None else encoded)
    for raw in raws:
        last = raw.stmt_location + raw.stmt_len if raw.stmt_len else length
        if encoded is None:
            first_char, last_char = raw.stmt_location, last
        else:
            first_char = character + len(encoded[byte : raw.stmt_location].decode())
            last_char = first_char + len(encoded[raw.stmt_location : last].decode())
            byte, character = last, last_char
        kind, node = next(iter(raw.stmt.items()))
        start, end = offset + first_char, offset + last_char
        yield Found(kind, node, base, start, end, gap)
        gap = end


def assemble(file: SqlFile, items: list[Found]) -> list[Statement]:
    """Cut each statement out of its file, with the comments that belong to it."""
    text, index = file.text, line_index(file.text)
    statements = []
    passed = 0
    for ordinal, item in enumerate(items):
        end = ink_end(text, item.start, item.end)
        following = items[ordinal + 1].start if ordinal + 1 < len(items) else len(text)
        before = leading(text, max(item.gap, passed), item.start)
        behind, passed = trailing(text, end, following)
        statements.append(
            Statement(
                kind=item.kind,
                node=item.node,
                sql=text[item.start : end],
                file=file,
                location=index.location(file.path, item.start, end),
                base=item.base,
                comments=before + behind,
                index=ordinal,
            )
        )
    return statements
