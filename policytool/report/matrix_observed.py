"""The matrix as measured: the grid, leaks as numbered SQL, what could not be measured, where the prediction differs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from policytool.report.json import pretty
from policytool.report.matrix import escaped, grid, tables
from policytool.report.words import printable
from policytool.testing.observed.compare import Compared
from policytool.testing.observed.minimise import Numbered, Shown
from policytool.testing.observed.observe import Unmeasured

if TYPE_CHECKING:
    from policytool.testing.observed.cells import Observed
    from policytool.testing.observed.matrix import Measured

_COMMANDS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "EXECUTE")


class CellDocument(Struct, frozen=True, kw_only=True):
    """A cell with both sides; `access` is as observed, null where it could not be measured."""

    role: str
    table: str
    kind: str
    command: str
    access: str | None
    why: str
    rows: int
    of: int
    shapes: Mapping[str, str]
    people: Mapping[str, int]
    predicted: str | None
    verdict: str | None
    verdict_because: str


class Place(Struct, frozen=True, kw_only=True):
    """What let something through, and where it is written."""

    message: str
    path: str | None
    line: int | None


class Gain(Struct, frozen=True, kw_only=True):
    """Rows of others within reach, before and after."""

    table: str
    command: str
    before: int
    after: int


class LeakDocument(Struct, frozen=True, kw_only=True):
    """A leak: the statements that show it, as whom, and what let it through."""

    kind: str
    table: str
    command: str
    role: str
    person: str
    message: str
    also: tuple[str, ...]
    steps: tuple[Numbered, ...]
    gains: tuple[Gain, ...]
    because: tuple[Place, ...]
    note: str


class Document(Struct, frozen=True, kw_only=True):
    """The measured matrix as other programs read it."""

    source: str
    cells: tuple[CellDocument, ...]
    leaks: tuple[LeakDocument, ...]
    unmeasured: tuple[Unmeasured, ...]
    attempts: int
    rows: int
    people: tuple[str, ...]


def render(found: Measured, form: str, *, width: int = 80, verbosity: int = 0) -> str:
    """The measured matrix in one format."""
    match form:
        case "json":
            return pretty(document(found))
        case "csv":
            return _csv(found)
        case "markdown":
            return "\n".join(_markdown(found)) + "\n"
    return "\n".join(_text(found, width, verbosity)) + "\n"


def document(found: Measured) -> Document:
    """All of it, cells with what was predicted beside what was observed."""
    seen = found.observation
    return Document(
        source=found.label,
        cells=tuple(_cell(cell, found.verdict_of(cell)) for cell in seen.cells),
        leaks=tuple(map(_leak, seen.leaks)),
        unmeasured=seen.unmeasured,
        attempts=seen.attempts,
        rows=seen.rows,
        people=seen.people,
    )


def _cell(cell: Observed, compared: Compared | None) -> CellDocument:
    return CellDocument(
        role=cell.role,
        table=cell.table,
        kind=cell.kind,
        command=cell.command,
        access=cell.access,
        why=cell.why,
        rows=cell.rows,
        of=cell.of,
        shapes=cell.shapes,
        people=cell.people,
        predicted=compared.predicted if compared else None,
        verdict=compared.verdict if compared else None,
        verdict_because=compared.why if compared else "",
    )


def _leak(shown: Shown) -> LeakDocument:
    leak = shown.leak
    return LeakDocument(
        kind=leak.kind,
        table=f"{leak.table[0]}.{leak.table[1]}",
        command=leak.command,
        role=leak.who.role,
        person=leak.who.name,
        message=leak.sentence,
        also=leak.also,
        steps=shown.steps,
        gains=tuple(Gain(table=g.table, command=g.command, before=g.before, after=g.after) for g in leak.gains),
        because=tuple(
            Place(
                message=r.message,
                path=r.location.path if r.location else None,
                line=r.location.line if r.location else None,
            )
            for r in shown.because
        ),
        note=shown.note,
    )


# --- text -----------------------------------------------------------------------------------------------------------


def _text(found: Measured, width: int, verbosity: int) -> Iterator[str]:
    yield from (printable(line) if line else "" for line in grid(found.observation.cells, width))
    if verbosity > 0:
        yield from _shapes(found)
    yield from _leaks(found, verbosity)
    yield from _differences(found)
    yield from _unmeasured(found, verbosity)
    seen = found.observation
    yield ""
    yield f"{seen.attempts} statements tried as {len(seen.people)} people on {seen.rows} rows"


def _leaks(found: Measured, verbosity: int) -> Iterator[str]:
    for number, shown in enumerate(found.observation.leaks, start=1):
        yield ""
        yield f"leak {number}: {printable(shown.leak.sentence)}"
        if shown.leak.also:
            yield f"  so does {printable(', '.join(a.rstrip(',') for a in shown.leak.also))}"
        for n, step in enumerate(shown.steps, start=1):
            yield f"  {n}. as {printable(step.who)} ({step.role}): {printable(step.sql)};"
            if verbosity > 0 and step.claims:
                yield f"     with request.jwt.claims = {printable(step.claims)}"
            yield f"     {printable(step.outcome)}"
        yield from (
            f"  + {g.table} {g.command.lower()}: {g.before} → {g.after} rows of others" for g in shown.leak.gains
        )
        for reason in shown.because:
            at = f" ({reason.location.path}:{reason.location.line})" if reason.location else ""
            yield f"  because {printable(reason.message + at)}"
        if shown.note:
            yield f"  note: {printable(shown.note)}"


def _differences(found: Measured) -> Iterator[str]:
    differing = [c for c in found.compared if c.verdict == "differ"]
    if differing:
        yield ""
        yield "the prediction says otherwise:"
    for cell in differing:
        what = f"{cell.role} {cell.command} {cell.table}"
        why = f" ({cell.why})" if cell.why else ""
        yield f"  {printable(what)}: predicted {cell.predicted}, observed {cell.observed}{printable(why)}"


def _unmeasured(found: Measured, verbosity: int) -> Iterator[str]:
    missing = found.observation.unmeasured
    if not missing:
        return
    yield ""
    yield "not measured, so not known to be safe:"
    shown = missing if verbosity > 0 else missing[:10]
    for one in shown:
        yield f"  {printable(one.what)}: {printable(one.why)}"
    if len(shown) < len(missing):
        yield f"  and {len(missing) - len(shown)} more; -v shows all"


def _shapes(found: Measured) -> Iterator[str]:
    """Cells in which the shape of the statement matters, and how the others are refused."""
    for cell in found.observation.cells:
        if cell.shapes:
            told = ", ".join(f"{shape}: {outcome}" for shape, outcome in cell.shapes.items())
            yield ""
            yield f"{cell.role} {cell.command} {printable(cell.table)}: {cell.access or '?'} by shape"
            yield f"  {printable(told)}"


# --- other forms ----------------------------------------------------------------------------------------------------


def _csv(found: Measured) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("role", "table", "kind", "command", "access", "why", "predicted", "verdict"))
    for cell in found.observation.cells:
        compared = found.verdict_of(cell)
        row: tuple[Any, ...] = (
            cell.role, cell.table, cell.kind, cell.command, cell.access or "", cell.why,
            compared.predicted if compared else "", compared.verdict if compared else "",
        )  # fmt: skip
        # A name that begins like a formula is not to be one in a spreadsheet.
        writer.writerow([f"'{value}" if value[:1] in ("=", "+", "-", "@") else value for value in row])
    return out.getvalue()


def _markdown(found: Measured) -> Iterator[str]:
    yield f"## Who can do what, as measured: {escaped(found.label)}"
    yield from tables(found.observation.cells)
    if found.observation.leaks:
        yield from ("", "### Leaks", "")
    for number, shown in enumerate(found.observation.leaks, start=1):
        yield f"{number}. {escaped(shown.leak.sentence)}"
        for step in shown.steps:
            yield f"   - as {escaped(step.who)} ({escaped(step.role)}): {escaped(step.sql)} – {escaped(step.outcome)}"
        for reason in shown.because:
            at = f" ({reason.location.path}:{reason.location.line})" if reason.location else ""
            yield f"   - because {escaped(reason.message + at)}"
    if found.observation.unmeasured:
        yield from ("", "### Not measured", "")
    for one in found.observation.unmeasured:
        yield f"- {escaped(one.what)}: {escaped(one.why)}"
