"""Who gained and who lost access, as measured: in words, as JSON, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from policytool.report.json import pretty
from policytool.report.matrix import escaped
from policytool.report.words import printable
from policytool.testing.observed.difference import Changed

_DOES: Final = {
    "SELECT": "read", "INSERT": "insert", "UPDATE": "change", "DELETE": "delete", "TRUNCATE": "empty",
    "EXECUTE": "make",
}  # fmt: skip


class Document(Struct, frozen=True, kw_only=True):
    """The measured difference as other programs read it: what is equal is left out."""

    before: str
    after: str
    access: tuple[Changed, ...]
    equal: int


def render(cells: Iterable[Changed], form: str, labels: tuple[str, str], *, verbosity: int = 0) -> str:
    """The difference in one format."""
    found = tuple(cells)
    told = [cell for cell in found if cell.verdict != "equal"]
    match form:
        case "json":
            equal = len(found) - len(told)
            return pretty(Document(before=labels[0], after=labels[1], access=tuple(told), equal=equal))
        case "markdown":
            lines = [f"- {escaped(line)}" for line in _lines(told)] or ["Nobody gains or loses access."]
            return (
                "\n".join((f"### Access, as measured: {escaped(labels[0])} → {escaped(labels[1])}", "", *lines)) + "\n"
            )
    lines = [printable(line) for line in _lines(found if verbosity > 0 else told)] or ["nobody gains or loses access"]
    return "\n".join(lines) + "\n"


def _lines(cells: Sequence[Changed]) -> Iterator[str]:
    """A sentence for all actors of a role with the same story of an object and command."""
    stories: dict[tuple[object, ...], list[Changed]] = {}
    for cell in cells:
        counts = (cell.before, cell.after)
        key = (cell.object, cell.command, cell.role, cell.verdict, cell.gained, cell.lost, cell.why, counts)
        stories.setdefault(key, []).append(cell)
    for story in stories.values():
        cell = story[0]
        who = ", ".join(dict.fromkeys(c.actor for c in story))
        named = f"{cell.role} {cell.command} {cell.object}: {cell.verdict}"
        yield f"{named}: {_told(cell, who)}" if cell.verdict != "equal" else named


def _told(cell: Changed, who: str) -> str:
    does = _DOES.get(cell.command, cell.command.lower())
    match cell.verdict:
        case "looser":
            return f"{who} can now {does} {cell.gained} ({cell.before} → {cell.after} rows)"
        case "tighter":
            return f"{who} can no longer {does} {cell.lost} ({cell.before} → {cell.after} rows)"
        case "incomparable":
            return f"{who} can now {does} {cell.gained}, and no longer {cell.lost}"
    return cell.why
