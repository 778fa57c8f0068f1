"""The locks of a statement on relations that others use: those it names, and those that it reaches through them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.history import History, Step
from policytool.catalog.locks import Lock, Taken, taken
from policytool.catalog.model import Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified
from policytool.diff.simulator import Done

# Of these, what they change besides what they name is locked in the same way: children, and the views they replace.
_REACHING: Final = frozenset(("AlterTableStmt", "IndexStmt", "DropStmt", "RenameStmt", "CreateTrigStmt", "CreateStmt"))
_CHECKING: Final = frozenset(("C", "O", "V"))  # ALTER DOMAIN: ADD CONSTRAINT, SET NOT NULL, VALIDATE


def waits(done: Done, step: Step, history: History, before: Catalog) -> tuple[Taken, ...]:
    """The strongest lock on each relation."""
    named = taken(step, history)
    known = {(one.kind, one.key) for one in named}
    return (*named, *(one for one in _further(done, step, named, before) if (one.kind, one.key) not in known))


def _further(done: Done, step: Step, named: tuple[Taken, ...], before: Catalog) -> Iterator[Taken]:
    kind, node = step.statement.kind, step.statement.node
    strongest = max((one.lock for one in named), default=None)
    if kind == "ViewStmt":
        strongest = Lock.ACCESS_EXCLUSIVE
    elif kind == "AlterDomainStmt" and node.get("subtype") in _CHECKING:
        yield from _of_domain(done, before)
        return
    elif kind not in _REACHING:
        return
    for change in done.changes if strongest is not None else ():
        if change.kind in ("tables", "views") and change.before is not None and strongest is not None:
            yield Taken(change.kind, change.old_key or change.key, strongest)


def _of_domain(done: Done, before: Catalog) -> Iterator[Taken]:
    """The tables that are read when values of a domain are checked."""
    names = {qualified(*change.key) for change in done.changes if change.kind == "domains"}
    while more := {qualified(*key) for key, domain in before.domains.items() if domain.type in names} - names:
        names |= more
    for key, table in before.tables.items():
        if table.kind != "foreign table" and _has(table, names):
            yield Taken("tables", key, Lock.SHARE)


def _has(table: Table, types: set[str]) -> Any:
    return any(column.type in types for column in table.columns)
