"""The locks of a statement on relations that others use: those it names, and those that it reaches through them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policytool.catalog.history import History, Step
from policytool.catalog.locks import Lock, Taken, taken
from policytool.catalog.model import Name, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified
from policytool.diff.simulator import Done
from policytool.syntax.node import range_var

# Of these, what they change besides what they name is locked in the same way: children, and the views they replace.
_REACHING: Final = frozenset(("AlterTableStmt", "IndexStmt", "DropStmt", "RenameStmt", "CreateTrigStmt", "CreateStmt"))
_CHECKING: Final = frozenset(("C", "O", "V"))  # ALTER DOMAIN: ADD CONSTRAINT, SET NOT NULL, VALIDATE


def waits(done: Done, step: Step, history: History, before: Catalog) -> tuple[Taken, ...]:
    """The strongest lock on each relation."""
    named = taken(step, history)
    known = {(one.kind, one.key) for one in named}
    return (*named, *(one for one in _further(done, step, named, history, before) if (one.kind, one.key) not in known))


def _further(done: Done, step: Step, named: tuple[Taken, ...], history: History, before: Catalog) -> Iterator[Taken]:
    kind, node = step.statement.kind, step.statement.node
    if kind == "AlterTableStmt":
        yield from _of_keys(step, history, before)
    strongest = max((one.lock for one in named), default=None)
    if kind == "ViewStmt" or node.get("objtype") == "OBJECT_TYPE":
        strongest = Lock.ACCESS_EXCLUSIVE
    elif kind == "AlterDomainStmt" and node.get("subtype") in _CHECKING:
        yield from _of_domain(done, before)
        return
    elif kind not in _REACHING:
        return
    for change in done.changes if strongest is not None else ():
        if change.kind in ("tables", "views") and change.before is not None and strongest is not None:
            yield Taken(change.kind, change.old_key or change.key, strongest)


def _of_keys(step: Step, history: History, before: Catalog) -> Iterator[Taken]:
    """Where a partition comes or goes, the other side of the foreign keys from it and to it."""
    for item in step.statement.node.get("cmds", ()):
        definition = item["AlterTableCmd"].get("def", {})
        comes = item["AlterTableCmd"].get("subtype") == "AT_AttachPartition"
        if "PartitionCmd" not in definition:
            continue
        relations = (step.statement.node["relation"], definition["PartitionCmd"]["name"])
        parent, partition = (history.relation(step, *range_var(relation)) for relation in relations)
        own = set(_referenced(partition, step, history)) if comes else set()
        for key in {*_referenced(parent, step, history), *_referenced(partition, step, history)}:
            # The keys of the partition itself become those of the parent: their triggers are dropped.
            yield Taken("tables", key, Lock.ACCESS_EXCLUSIVE if key in own else Lock.SHARE_ROW_EXCLUSIVE)
        for key in before.tables if parent is not None else ():
            if parent is not None and parent[1] in _referenced(("tables", key), step, history):
                yield Taken("tables", key, Lock.SHARE_ROW_EXCLUSIVE if comes else Lock.ACCESS_EXCLUSIVE)


def _referenced(relation: Any, step: Step, history: History) -> Iterator[Name]:
    table = history.before("tables", relation[1], step) if relation is not None else None
    for constraint in table.constraints if table is not None else ():
        if constraint.reference is not None:
            yield constraint.reference.schema, constraint.reference.table


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
