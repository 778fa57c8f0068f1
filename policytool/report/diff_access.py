"""Who gains and loses what, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from policytool.diff.access import Cell

_DOING = {
    "SELECT": ("read", "read more of", "read less of"),
    "INSERT": ("insert into", "insert more into", "insert less into"),
    "UPDATE": ("update", "update more of", "update less of"),
    "DELETE": ("delete from", "delete more from", "delete less from"),
    "EXECUTE": ("call", "call", "call"),
}
_GRANT = re.compile(r"(?P<privilege>[A-Z]+(?: \([^)]*\))?) (?P<rest>to .+ was (?:granted|revoked))")
_CALLS = {
    "widened": "can do what its owner can by calling {}", "narrowed": "can do no more than without it by calling {}",
    "changed": "can do something else, as its owner, by calling {}",
}  # fmt: skip
_OTHERS = {
    "gained": "can now {}", "lost": "can no longer {}", "widened": "can {}", "narrowed": "can {}",
    "changed": "can {} as before, but other rows or columns, perhaps more", "unchanged": "can {} as before",
}  # fmt: skip


def sentences(cells: Iterable[Cell]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """One for all roles and commands with the same story of an object, then the filters and the causes."""
    commands: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells:
        key = (cell.role, cell.object, cell.verdict, cell.before, cell.after)
        commands.setdefault(key, []).append(cell)
    stories: dict[tuple[object, ...], list[list[Cell]]] = {}
    for group in commands.values():
        first, told = group[0], tuple(cell.command for cell in group)
        stories.setdefault((first.object, first.verdict, first.before, first.after, told), []).append(group)
    for groups in stories.values():
        who = _listed("anybody (PUBLIC)" if cell.role == "public" else cell.role for cell, *_ in groups)
        told = tuple(cell.command for cell in groups[0])
        yield f"{who} {_does(groups[0][0], told)}", tuple(_below([cell for group in groups for cell in group]))


def _does(cell: Cell, commands: tuple[str, ...]) -> str:
    if cell.kind == "function" and cell.verdict in _CALLS:
        return _CALLS[cell.verdict].format(cell.object)
    form = {"widened": 1, "narrowed": 2}.get(cell.verdict, 0)
    doing = _listed(_DOING[command][form] for command in commands)
    return _OTHERS[cell.verdict].format(f"{doing} {cell.object}")


def _below(cells: list[Cell]) -> Iterator[str]:
    cell = cells[0]
    if cell.verdict != "gained" and cell.before is not None and cell.kind != "function":
        yield f"before: {rows(cell.before)}"
    if cell.verdict != "lost" and cell.after is not None and cell.kind != "function":
        yield f"after: {rows(cell.after)}"
    why = list(_reasons(dict.fromkeys(reason for one in cells for reason in one.because)))
    if why:
        yield f"because {'; '.join(why)}"


def _reasons(causes: Iterable[str]) -> Iterator[str]:
    """The causes, privileges of one role together."""
    grants: dict[str, list[str]] = {}
    for cause in causes:
        match = _GRANT.fullmatch(cause)
        privilege, rest = (match["privilege"], match["rest"]) if match else ("", cause)
        grants.setdefault(rest, []).append(privilege)
    for rest, privileges in grants.items():
        if privileges == [""]:
            yield rest
        else:
            verb = " were " if len(privileges) > 1 else " was "
            yield f"{_listed(privileges)} {rest.replace(' was ', verb)}"


def rows(text: str) -> str:
    """A filter as the rows it lets through."""
    text, new, rest = text.partition("; new rows: ")
    said = text if text.startswith("as ") else f"rows where {text}"
    if text == "true" or text.startswith("true ("):
        said = f"all rows{text.removeprefix('true')}"
    return f"{said}; what is written may be any row{rest[4:]}" if rest.startswith("true") else f"{said}{new}{rest}"


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
