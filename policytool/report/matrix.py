"""The access matrix as a grid to read, as JSON, Markdown or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from msgspec import Struct

from policytool.access.matrix import Cell
from policytool.report.json import pretty
from policytool.report.words import printable

LETTERS: Final = {"none": "-", "own": "o", "tenant": "t", "conditional": "c", "all": "A", None: "?"}
COLUMNS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
LEGEND: Final = (
    "S I U D T: select, insert, update, delete, truncate",
    "o own rows, t rows of the tenant, c rows that fulfil a condition, A all, - none",
)


class Shown(Protocol):
    """A cell as a grid shows it; an access of None was not measured."""

    @property
    def role(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def command(self) -> str: ...
    @property
    def access(self) -> str | None: ...


Row = tuple[str, Mapping[str, Mapping[str, Shown]]]  # name, role → command → cell


class Document(Struct, frozen=True, kw_only=True):
    """The matrix as other programs read it."""

    source: str
    cells: tuple[Cell, ...]


def render(cells: Iterable[Cell], form: str, *, label: str, width: int = 80, verbosity: int = 0) -> str:
    """The matrix in one format."""
    found = tuple(cells)
    match form:
        case "json":
            return pretty(Document(source=label, cells=found))
        case "csv":
            return _csv(found)
        case "markdown":
            return "\n".join(_markdown(found, label)) + "\n"
        case _:
            return "\n".join(_text(found, width, verbosity)) + "\n"


def _rows(cells: Iterable[Shown]) -> list[Row]:
    rows: dict[str, dict[str, dict[str, Shown]]] = {}
    for cell in cells:
        rows.setdefault(cell.table, {}).setdefault(cell.role, {})[cell.command] = cell
    return list(rows.items())


def _roles(cells: Iterable[Shown]) -> list[str]:
    return list(dict.fromkeys(cell.role for cell in cells))


def _letters(by_command: Mapping[str, Shown]) -> str:
    """`oooo-`; a command that does not exist for a view is blank."""
    return "".join(LETTERS[by_command[c].access] if c in by_command else " " for c in COLUMNS)


# --- text -----------------------------------------------------------------------------------------------------------


def _text(cells: tuple[Cell, ...], width: int, verbosity: int) -> Iterator[str]:
    yield from grid(cells, width)
    if verbosity > 0:
        yield from _reasons(cells)


def grid(cells: Sequence[Shown], width: int) -> Iterator[str]:
    """Tables and views, then functions: a row for each, a column for each role."""
    relations = [c for c in cells if c.kind != "function"]
    calls = [c for c in cells if c.kind == "function"]
    if relations:
        yield from _grid(_rows(relations), _roles(relations), "table or view", "SIUDT", _letters, width)
        yield from ("", *LEGEND)
        if any(c.access is None for c in relations):
            yield "? not measured"
    if calls:
        yield from [""] if relations else []
        yield from _grid(_rows(calls), _roles(calls), "function", "", _may, width)
        yield from ("", "x may call")


def _may(by_command: Mapping[str, Shown]) -> str:
    return {"all": "x", None: "?"}.get(by_command["EXECUTE"].access, "-")


def _grid(
    rows: list[Row], roles: list[str], noun: str, under: str, spell: Callable[[Mapping[str, Shown]], str], width: int
) -> Iterator[str]:
    """Names on the left, cut where they leave no room; a column for each role."""
    columns = [max(len(printable(role)), 5) for role in roles]
    room = max(20, width - sum(columns) - 2 * len(columns))
    first = min(room, max(len(noun), *(len(printable(name)) for name, _ in rows)))
    yield _line(noun, [printable(role) for role in roles], first, columns)
    if under:
        yield _line("", [under] * len(roles), first, columns)
    for name, by_role in rows:
        yield _line(
            printable(name), [spell(by_role[role]) if role in by_role else "" for role in roles], first, columns
        )


def _line(name: str, entries: list[str], first: int, columns: list[int]) -> str:
    shown = name if len(name) <= first else name[: first - 1] + "…"
    return "  ".join([shown.ljust(first), *(e.ljust(n) for e, n in zip(entries, columns, strict=True))]).rstrip()


def _reasons(cells: tuple[Cell, ...]) -> Iterator[str]:
    """Each cell that lets something through, with its filter and why."""
    for cell in cells:
        if cell.access == "none":
            continue
        yield ""
        yield f"{printable(cell.role)} {cell.command} {printable(cell.table)}: {cell.access}"
        if cell.filter not in ("true", "false"):
            yield f"  rows where {printable(cell.filter)}" if cell.kind == "table" else f"  {printable(cell.filter)}"
        for reason in cell.because:
            at = f" ({reason.location.path}:{reason.location.line})" if reason.location else ""
            yield f"  because {printable(reason.message + at)}"


# --- other forms ----------------------------------------------------------------------------------------------------


def _csv(cells: tuple[Cell, ...]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("role", "table", "kind", "command", "access", "filter", "because"))
    for cell in cells:
        why = "; ".join(reason.message for reason in cell.because)
        row = (cell.role, cell.table, cell.kind, cell.command, cell.access, cell.filter, why)
        # A name that begins like a formula is not to be one in a spreadsheet.
        writer.writerow([f"'{value}" if value[:1] in ("=", "+", "-", "@") else value for value in row])
    return out.getvalue()


def _markdown(cells: tuple[Cell, ...], label: str) -> Iterator[str]:
    yield f"## Who may do what: {escaped(label)}"
    yield from tables(cells)


def tables(cells: Sequence[Shown]) -> Iterator[str]:
    """The grid as tables of Markdown."""
    roles = _roles(cells)
    for noun, kinds, spell in (("table or view", ("table", "view"), _words), ("function", ("function",), _may)):
        rows = _rows(c for c in cells if c.kind in kinds)
        if rows:
            yield from ("", f"| {noun} | {' | '.join(map(escaped, roles))} |", f"|---|{'---|' * len(roles)}")
        for name, by_role in rows:
            entries = (spell(by_role[role]) if role in by_role else "" for role in roles)
            yield f"| {escaped(name)} | {' | '.join(entries)} |"


def _words(by_command: Mapping[str, Shown]) -> str:
    """`select own, insert own`, what is allowed alone."""
    found = [(c.command.lower(), c.access or "?") for c in by_command.values() if c.access != "none"]
    return ", ".join(f"{command} {access}" for command, access in found) or "–"


def escaped(text: str) -> str:
    """Text that is no markup."""
    shown = printable(text)
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+-.!|&@" and c not in ".()-" else c for c in shown)
