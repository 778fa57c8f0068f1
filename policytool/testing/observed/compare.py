"""Predicted and observed, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from policytool.access.claims import current_role
from policytool.access.matrix import Cell
from policytool.access.row_filter import Reach
from policytool.syntax.node import kind_of, walk
from policytool.testing.observed.cells import Observed

if TYPE_CHECKING:
    from policytool.access import Access, Command, Side
    from policytool.testing.observed.worlds import Worlds

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


def compare(
    predicted: Iterable[Cell],
    seen: Iterable[Observed],
    further: Callable[[Cell], str] = lambda _: "",
    shared: Callable[[Cell], bool] = lambda _: True,
) -> Iterator[Compared]:
    """Every predicted cell beside what was observed of it.

    `further`: what it asks for besides whose a row is. `shared`: whether what a row belongs to has several members.
    """
    by_key = {(o.role, o.table, o.command): o for o in seen}
    for cell in predicted:
        found = by_key.get((cell.role, cell.table, cell.command))
        verdict, why = _verdict(cell, found, further, shared)
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


_MORE: Final = "no row of the worlds fulfils what it asks for besides"
_ROLE: Final = "it goes by the role, to which all of its people are the same"
_UNMET: Final = "no person or row of the worlds fulfils the condition"


def _verdict(
    cell: Cell, found: Observed | None, further: Callable[[Cell], str], shared: Callable[[Cell], bool]
) -> tuple[Verdict, str]:
    if found is None:
        return "not decidable", "it was not measured"
    if found.access is None:
        return "not decidable", found.why
    if cell.access == found.access:
        return "agree", ""
    if found.otherwise is not None and found.otherwise != found.access:
        return "not decidable", "triggers or errors of the project's own stop some rows, which count as out of reach"
    more = further(cell) if cell.access in ("own", "tenant") else ""
    why = _unmet(cell, found, more) or _alone(cell, found, more, shared)
    if not why and found.lacking and found.access != "all":
        why = f"some rows could not be made: {found.lacking}"
    return ("not decidable", why) if why else ("differ", found.why)


def _unmet(cell: Cell, found: Observed, more: str) -> str:
    """Why nothing was reached, or as much as nobody can tell from a condition."""
    ended = found.why.startswith(("denied by trigger", "error"))
    refused = found.why.startswith("denied by grant")
    match cell.access, found.access:
        case "own" | "tenant" | "all", "none" if ended:
            return f"past the policies it ends otherwise: {found.why}"
        case "conditional", "none" if not refused:
            return f"{_UNMET} ({found.why})"
        case "own" | "tenant", "none" if not refused and more:
            return f"{more} ({found.why})"
        case "own" | "tenant", "conditional" if found.special and more:
            return f"{more}, and holders of special rights reach rows of everybody"
        case "conditional", ("own" | "tenant" | "all"):
            return f"the condition holds for {found.access} of the rows of these worlds"
    return ""


def _alone(cell: Cell, found: Observed, more: str, shared: Callable[[Cell], bool]) -> str:
    """Why people cannot be told apart, or have nothing in common."""
    if more == _ROLE:
        return more
    if (cell.access, found.access) != ("tenant", "own"):
        return ""
    if more:
        return "no colleague fulfils what it asks for besides"
    return "" if shared(cell) else "each tenant is one person's in these worlds: nobody shares it"


def asks_more(access: Access, cell: Cell) -> str:
    """That each way into a cell's rows asks for something besides whose they are: a status, a date, a rank."""
    key = (cell.table.partition(".")[0], cell.table.partition(".")[2])
    table = access.catalog.tables.get(key)
    if table is None:
        return _MORE  # a view has conditions of its own, or its tables'
    command: Command = cell.command  # type: ignore[assignment]
    permissive, restrictive = access.applying(cell.role, table, command)
    sides: tuple[Side, ...] = ("check",) if command == "INSERT" else ("using",)
    sides = ("using", "check") if command == "UPDATE" else sides
    by_side = [[s for p in permissive if (s := access.predicate(p, side, table)) is not None] for side in sides]
    says = [s for one in by_side for s in one]
    if any(current_role({kind: body}) for s in says if s.node for kind, body in walk(s.node)):
        return _ROLE
    plain = all(any(_plain(atoms) for one in side for atoms in one.alternatives) for side in by_side)
    return _MORE if restrictive or not plain else ""


def is_shared(worlds: Worlds, cell: Cell) -> bool:
    """Whether the rows of a table are, or refer to, something that the worlds give several members."""
    targets = {k.table for t in worlds.ties.values() for k in t.keys if set(k.columns) & set(t.groups)}
    key = (cell.table.partition(".")[0], cell.table.partition(".")[2])
    todo, seen = [key], {key}
    while todo:
        current = todo.pop()
        ties = worlds.ties.get(current)
        if current in targets or ties is None or ties.groups:
            return True
        known = [k.table for k in ties.keys if k.table in worlds.ties]
        todo += [name for name in known if name not in seen and not worlds.ties[name].single]
        seen.update(k.table for k in ties.keys)
    return False


def _plain(atoms: Iterable[Mapping[str, Any]]) -> bool:
    """Whether conditions compare a column with the person, and nothing with constants."""
    return all(
        kind_of(atom)[0] == "A_Expr"
        and not any(kind == "A_Const" and "sval" in body for kind, body in walk(atom))
        and not any(kind == "SelectStmt" and "fromClause" in body for kind, body in walk(atom))
        for atom in atoms
    )
