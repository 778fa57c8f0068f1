"""The measured matrix as a file to commit: a line for each table and role, so that a review reads its diff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from policytool.report.words import printable

if TYPE_CHECKING:
    from policytool.testing.observed.cells import Observed
    from policytool.testing.observed.matrix import Measured

_HEAD: Final = (
    "# Who can do what to which rows, as measured: written by `policytool matrix --observed --record`, not by hand",
    "# own: rows of the person, tenant: of what they belong to, conditional: some, all: every row, -: none, ?: unknown",
)
_COMMANDS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")


def record(found: Measured) -> str:
    """Sorted, without counts, times or numbers of people: the same schema gives the same bytes."""
    return "\n".join((*_HEAD, *_relations(found), *_functions(found), *_leaks(found), *_unmeasured(found))) + "\n"


def _relations(found: Measured) -> Iterator[str]:
    rows: dict[str, dict[str, dict[str, Observed]]] = {}
    for cell in found.observation.cells:
        if cell.kind != "function":
            rows.setdefault(cell.table, {}).setdefault(cell.role, {})[cell.command] = cell
    for name in sorted(rows):
        yield ""
        yield printable(name)
        for role in sorted(rows[name]):
            yield f"  {printable(role)}: {_line(rows[name][role])}"


def _line(by_command: Mapping[str, Observed]) -> str:
    """`select own, insert own (returning: denied …)`."""
    parts = []
    for command in (c for c in _COMMANDS if c in by_command):
        cell = by_command[command]
        reach = {None: "?", "none": "-"}.get(cell.access, cell.access or "")
        shaped = "; ".join(sorted(s for s in cell.shapes if not cell.shapes[s].endswith(("row", "rows"))))
        parts.append(f"{command.lower()} {reach}" + (f" (not {shaped})" if shaped and cell.access != "none" else ""))
    return ", ".join(parts)


def _functions(found: Measured) -> Iterator[str]:
    callers: dict[str, list[str]] = {}
    for cell in found.observation.cells:
        if cell.kind == "function":
            said = callers.setdefault(cell.table, [])
            said += [cell.role + ("" if cell.access else "?")] if cell.access != "none" else []
    if callers:
        yield ""
        yield "functions, and who may call them"
    for name in sorted(callers):
        yield f"  {printable(name)}: {printable(', '.join(sorted(callers[name])) or '-')}"


def _leaks(found: Measured) -> Iterator[str]:
    lines = sorted(
        f"  {s.leak.who.role} {s.leak.kind} {s.leak.table[0]}.{s.leak.table[1]}"
        + (f".{s.leak.column}" if s.leak.column else "")
        + (f" by way of the {s.leak.through}" if s.leak.through else "")
        for s in found.observation.leaks
    )
    if lines:
        yield ""
        yield "leaks"
    yield from map(printable, dict.fromkeys(lines))


def _unmeasured(found: Measured) -> Iterator[str]:
    if found.observation.unmeasured:
        yield ""
        yield "not measured"
    yield from sorted({f"  {printable(u.what)}" for u in found.observation.unmeasured})
