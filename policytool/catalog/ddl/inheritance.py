"""Tables that inherit: which way they can be made so that every column stands where it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from msgspec.structs import replace

from policytool.catalog.ddl import columns
from policytool.catalog.ddl.world import World
from policytool.catalog.model import Column, Name, Table
from policytool.catalog.spelling import qualified

Event = tuple[Name, str]  # a table and a column that was added to it


def is_attached(world: World, table: Table) -> bool:
    """Whether only ALTER TABLE … INHERIT makes the table: all its columns are its own, in an order of its own."""
    return all(c.local for c in table.columns if c.inherited) and not keeps_order(world, table)


def late_checks(world: World, table: Table) -> frozenset[str]:
    """The CHECKs that a table got after others were attached to it, for these have them from it alone."""
    found: set[str] = set()
    for child in world.children.get((table.schema, table.name), ()):
        if is_attached(world, child):
            found |= {c.name for c in child.constraints if c.kind == "CHECK" and c.inherited and not c.local}
            found |= late_checks(world, child)
    return frozenset(found)


def expected(world: World, table: Table) -> dict[str, Column]:
    """What the columns of a table's parents come together to in a child."""
    merged: dict[str, Column] = {}
    for parent in table.inherits:
        for column in world.catalog.tables[parent].columns if parent in world.catalog.tables else ():
            known = merged.get(column.name)
            if known is None:
                merged[column.name] = column
            else:
                default = known.default if known.default is not None else column.default
                merged[column.name] = replace(known, not_null=known.not_null or column.not_null, default=default)
    return merged


def keeps_order(world: World, table: Table) -> bool:
    """Whether CREATE TABLE … INHERITS puts the columns in their order: the parents' first."""
    names = list(expected(world, table))
    own = [column.name for column in table.columns if column.name not in names]
    return [column.name for column in table.columns] == names + own


def adjustments(world: World, table: Table) -> Iterator[str]:
    """The statements for inherited columns that have come to differ from the parents'."""
    merged = expected(world, table)
    for column in table.columns:
        if column.inherited and not column.local and column.name in merged:
            yield from columns.inherited_adjustments(table, column, merged[column.name])


def families(world: World, tables: Iterable[Table]) -> list[list[Table]]:
    """The groups of tables of which one has got columns from a parent after its own."""
    of: dict[Name, set[Name]] = {}
    crooked = set()
    for table in tables:
        name = (table.schema, table.name)
        family = of.setdefault(name, {name})
        for parent in table.inherits if not is_attached(world, table) else ():
            family |= of.setdefault(parent, {parent})
            for member in family:
                of[member] = family
        if table.inherits and not is_attached(world, table) and not keeps_order(world, table):
            crooked.add(name)
    found = {min(of[name]): of[name] for name in crooked}
    return [[world.catalog.tables[name] for name in sorted(found[first])] for first in sorted(found)]


def additions(world: World, family: list[Table]) -> list[tuple[Table, Column]] | None:
    """The columns of a family in the order in which they were added, parents and children in turn."""
    tables = {(table.schema, table.name): table for table in family}
    before: dict[Event, set[Event]] = {}
    for name, table in tables.items():
        last: Event | None = None
        for column in table.columns:
            event = _event(tables, name, column)
            before.setdefault(event, set())
            if last is not None and last != event:
                before[event].add(last)
            if column.local and column.inherited:
                for parent in table.inherits:
                    before.setdefault(_event_of(tables, parent, column.name), set()).add(event)
            last = event
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:
        return None
    columns_of = {(name, c.name): c for name, table in tables.items() for c in table.columns}
    return [(tables[name], columns_of[(name, column)]) for name, column in order]


def _event(tables: dict[Name, Table], name: Name, column: Column) -> Event:
    """Where a column comes from: the table itself, or the nearest parent that added it."""
    if column.local:
        return (name, column.name)
    for parent in tables[name].inherits:
        if parent in tables and any(c.name == column.name for c in tables[parent].columns):
            return _event_of(tables, parent, column.name)
    return (name, column.name)


def _event_of(tables: dict[Name, Table], name: Name, column: str) -> Event:
    found = next(c for c in tables[name].columns if c.name == column)
    return _event(tables, name, found)


def parents_clause(table: Table) -> str:
    """INHERITS (…)."""
    return f" inherits ({', '.join(qualified(*parent) for parent in table.inherits)})"
