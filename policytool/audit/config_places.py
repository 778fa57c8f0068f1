"""Where in the configuration file each ignore stands; TOML readers do not say."""

from __future__ import annotations

import re
from pathlib import Path

from policytool.config import Config
from policytool.source.tree import shown
from policytool.syntax.location import Location

_HEADER = re.compile(r"^[ \t]*\[\[\s*(?:tool\s*\.\s*policytool\s*\.\s*)?[\"']?ignore[\"']?\s*\]\][^\n]*", re.MULTILINE)
_INLINE = re.compile(r"^[ \t]*ignore\s*=", re.MULTILINE)


def ignore_places(config: Config) -> tuple[Location | None, ...]:
    """The header of each `[[ignore]]`, in order; the file's first line where they cannot be told apart."""
    if not config.ignore:
        return ()
    if config.path is None:
        return (None,) * len(config.ignore)
    path = shown(Path(config.path), Path.cwd())
    try:
        text = Path(config.path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    found = [(m.start(), m.end()) for m in _HEADER.finditer(text)]
    if len(found) != len(config.ignore):
        inline = _INLINE.search(text)
        found = [inline.span() if inline else (0, 0)] * len(config.ignore)
    return tuple(_place(text, path, *span) for span in found)


def _place(text: str, path: str, start: int, end: int) -> Location:
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    return Location(path=path, line=line, column=column, end_line=line, end_column=column + end - start)
