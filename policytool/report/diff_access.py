"""Who gains and loses what, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policytool.diff.access import Cell

_VERBS = {
    "gained": "can now {}", "lost": "can no longer {}", "widened": "can {} more", "narrowed": "can {} less",
    "changed": "can {} other rows or columns than before, perhaps more", "unchanged": "can {} as before",
}  # fmt: skip
_DOING = {
    "SELECT": "read", "INSERT": "insert into", "UPDATE": "update", "DELETE": "delete from", "EXECUTE": "call",
}  # fmt: skip


def sentences(cells: Iterable[Cell]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """One for each role and object with the same story, then the filters and the causes."""
    groups: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells:
        key = (cell.role, cell.object, cell.verdict, cell.before, cell.after, cell.because)
        groups.setdefault(key, []).append(cell)
    for group in groups.values():
        first = group[0]
        doing = _listed(_DOING[cell.command] for cell in group)
        who = "anybody (PUBLIC)" if first.role == "public" else first.role
        words = _VERBS[first.verdict].format(f"{doing} {first.object}")
        yield f"{who} {words}", tuple(_below(first))


def _below(cell: Cell) -> Iterator[str]:
    if cell.verdict != "gained" and cell.before is not None and cell.kind != "function":
        yield f"before: {rows(cell.before)}"
    if cell.verdict != "lost" and cell.after is not None and cell.kind != "function":
        yield f"after: {rows(cell.after)}"
    if cell.because:
        yield f"because {'; '.join(cell.because)}"


def rows(text: str) -> str:
    """A filter as the rows it lets through."""
    if text == "true" or text.startswith("true ("):
        return f"all rows{text.removeprefix('true')}"
    return text if text.startswith("as ") else f"rows where {text}"


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
