"""A failed policy test in words: who, the SQL, what was expected and what came, what decided, the row."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

_INDENT = 10
_WIDTH = 88  # of prose: SQL and rows are left as they are
_LONGEST = 12  # columns of a row


def told(problem: str, facts: Mapping[str, str], row: Mapping[str, str | None] | None = None) -> str:
    """The problem, and below it the facts, those left out that are empty."""
    shown = {**facts, "row": _row(row) if row else ""}
    return "\n".join([problem, *(line for name, text in shown.items() if text for line in _lines(name, text))])


def _lines(name: str, text: str) -> Iterator[str]:
    lines = text.strip().splitlines()
    if name == "why":
        lines = [part for line in lines for part in textwrap.wrap(line, _WIDTH, break_on_hyphens=False)]
    first, *rest = lines
    yield f"  {name:{_INDENT}}{first}"
    yield from (f"  {'':{_INDENT}}{line}" for line in rest)


def _row(row: Mapping[str, str | None]) -> str:
    said = [f"{name} = {'null' if value is None else value}" for name, value in row.items()]
    more = [f"and {len(said) - _LONGEST} more columns"] if len(said) > _LONGEST else []
    return "\n".join([*said[:_LONGEST], *more])
