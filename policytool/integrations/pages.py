"""Answers of a size that whoever asks can read: long lists by the page, long texts cut, no secret in any."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from policytool.report.words import printable
from policytool.syntax.secrets import masked

LIMIT = 100  # items of a page, at most
TEXT = 4_000  # characters of one text
ROOM = 40_000  # bytes of a page


def page(items: Iterable[Any], *, offset: int = 0, limit: int = 20) -> dict[str, Any]:
    """One page of the items, with their number and where the next one begins."""
    found = list(items)
    first, size = max(0, offset), min(max(1, limit), LIMIT)
    shown: list[Any] = []
    room = ROOM
    for item in found[first : first + size]:
        plain = bounded(msgspec.to_builtins(item))
        room -= len(msgspec.json.encode(plain))
        if shown and room < 0:
            break
        shown.append(plain)
    after = first + len(shown)
    return {"total": len(found), "offset": first, "items": shown, "next_offset": after if after < len(found) else None}


def bounded(value: Any) -> Any:
    """The value with every text cut to what can be read, and without control characters and secrets."""
    match value:
        case str():
            return text(value)
        case dict():
            return {key: bounded(item) for key, item in value.items()}
        case list() | tuple():
            return [bounded(item) for item in value]
    return value


def text(value: str, most: int = TEXT) -> str:
    """A text of at most so many characters; it says how many are missing."""
    clean = printable(masked(value))
    return clean if len(clean) <= most else f"{clean[:most]}… ({len(clean) - most:,} more characters)"
