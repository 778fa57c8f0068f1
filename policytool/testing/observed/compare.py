"""Predicted and observed, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from msgspec import Struct

from policytool.access.matrix import Cell
from policytool.access.row_filter import Reach
from policytool.testing.observed.cells import Observed

Verdict = Literal["agree", "differ", "not decidable"]


class Compared(Struct, frozen=True, kw_only=True):
    """A cell on both sides, and whether they agree; else why not."""

    role: str
    table: str
    kind: str
    command: str
    predicted: Reach
    observed: Reach | None
    verdict: Verdict
    why: str = ""


def compare(predicted: Iterable[Cell], seen: Iterable[Observed]) -> Iterator[Compared]:
    """Every predicted cell beside what was observed of it."""
    by_key = {(o.role, o.table, o.command): o for o in seen}
    for cell in predicted:
        found = by_key.get((cell.role, cell.table, cell.command))
        verdict, why = _verdict(cell, found)
        yield Compared(
            role=cell.role,
            table=cell.table,
            kind=cell.kind,
            command=cell.command,
            predicted=cell.access,
            observed=found.access if found else None,
            verdict=verdict,
            why=why,
        )


_UNMET: Final = "no person or row of the worlds fulfils the condition"


def _verdict(cell: Cell, found: Observed | None) -> tuple[Verdict, str]:
    if found is None:
        return "not decidable", "it was not measured"
    if found.access is None:
        return "not decidable", found.why
    if cell.access == found.access:
        return "agree", ""
    if found.otherwise is not None and found.otherwise != found.access:
        return "not decidable", "triggers or errors of the project's own stop some rows, which count as out of reach"
    match cell.access, found.access:
        case "conditional", "none" if not found.why.startswith("denied by grant"):
            return "not decidable", f"{_UNMET} ({found.why})"
        case "own" | "tenant", "none" if found.why.startswith(("denied by trigger", "error")):
            return "not decidable", f"past the policies it ends otherwise: {found.why}"
        case "all", "none" if found.why.startswith(("denied by trigger", "error")):
            return "not decidable", f"past the policies it ends otherwise: {found.why}"
        case "conditional", ("own" | "tenant" | "all"):
            return "not decidable", f"the condition holds for {found.access} of the rows of these worlds"
    return "differ", found.why
