"""What a statement costs those who use a table meanwhile: copies of it, passes over its rows, indexes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from policytool.catalog.build.state import Change as Folded
from policytool.catalog.model import Column, Constraint, Function, Index, Table, View
from policytool.catalog.objects import Catalog, Domain
from policytool.catalog.rewrites import added, retyped
from policytool.catalog.spelling import qualified
from policytool.diff.changes import Hazard
from policytool.diff.same import named
from policytool.diff.simulator import Done

_COARSER: Final = {
    ("numeric", "integer"), ("numeric", "bigint"), ("numeric", "smallint"), ("double precision", "integer"),
    ("double precision", "bigint"), ("double precision", "smallint"), ("real", "integer"), ("real", "bigint"),
    ("real", "smallint"), ("double precision", "real"), ("numeric", "real"), ("numeric", "double precision"),
    ("double precision", "numeric"), ("real", "numeric"), ("integer", "boolean"), ("json", "jsonb"),
    ("timestamp with time zone", "date"), ("timestamp without time zone", "date"),
}  # fmt: skip
_ROUNDED: Final = ("numeric", "timestamp without time zone", "timestamp with time zone", "time without time zone")
_ASIDE: Final = "__old"  # how the name ends of an index that is about to be dropped


class Costs:
    """What the statements of one plan cost, from the tables as they find and leave them."""

    def __init__(self, before: Catalog, after: Catalog, functions: dict[str, tuple[Function, ...]]) -> None:
        self._before, self._after, self._functions = before, after, functions
        self._enums = {qualified(*key) for key in after.enums}
        self._shown: set[tuple[Any, str]] = set()  # columns that a validated check shows to hold no null

    def of(self, done: Done, change: Folded) -> Iterator[Hazard]:
        """The hazards of what one statement did to one object that was there before the plan."""
        before, after = change.before, change.after
        match before, after:
            case Table(), Table():
                yield from self._columns(before, after)
                yield from self._table(before, after)
                yield from _checked(before, after)
                yield from self._indexes(done, before, after)
                self._remember(change.key, after)
            case View(), View():
                yield from self._indexes(done, before, after)
            case Domain(), Domain():
                yield from _domain(before, after)

    # --- columns ----------------------------------------------------------------------------------------------------

    def _columns(self, before: Table, after: Table) -> Iterator[Hazard]:
        if before.columns is after.columns:
            return
        old, relation = named(before.columns), name_of(before)
        for column in after.columns:
            was = old.get(column.name)
            if was is None:
                yield from self._new(relation, column)
            elif was is not column:
                yield from self._altered(after, was, column)

    def _new(self, relation: str, column: Column) -> Iterator[Hazard]:
        why = added(column, self._after.domains, self._functions)
        if why is not None:
            yield Hazard(name="TABLE_REWRITE", message=f"{relation} is copied: {why}")
        if column.not_null and column.default is None and column.identity is None and column.generated is None:
            message = f"it fails if {relation} has rows: {column.name} would be null in them"
            yield Hazard(name="FULL_SCAN", message=message)

    def _altered(self, table: Table, before: Column, after: Column) -> Iterator[Hazard]:
        relation = name_of(table)
        if before.type != after.type:
            if retyped(before.type, after.type, self._after.domains, self._enums) in (True, None):
                yield Hazard(name="TABLE_REWRITE", message=f"{relation} is copied: {after.name} becomes {after.type}")
            if coarser(before.type, after.type):
                message = f"{relation}.{after.name} keeps less of each value as {after.type}"
                yield Hazard(name="DATA_LOSS", message=message)
        elif before.collation != after.collation:
            yield Hazard(name="INDEX_BUILD", message=f"the indexes on {relation}.{after.name} are built again")
        if before.generated is not None and after.generated not in (None, before.generated) and after.generated_stored:
            yield Hazard(name="TABLE_REWRITE", message=f"{relation} is copied: {after.name} is worked out anew")
        if after.not_null and not before.not_null and ((table.schema, table.name), after.name) not in self._shown:
            yield Hazard(name="FULL_SCAN", message=f"every row of {relation} is looked at for nulls")

    def _remember(self, key: Any, table: Table) -> None:
        self._shown |= {
            (key, column.name)
            for column in table.columns
            for c in table.constraints
            if c.kind == "CHECK" and c.validated and c.expression in _not_null(column.name)
        }

    # --- tables and indexes -----------------------------------------------------------------------------------------

    def _table(self, before: Table, after: Table) -> Iterator[Hazard]:
        relation = name_of(before)
        if before.persistence != after.persistence:
            crash = ", and its rows will not outlive a crash of the server" if after.persistence == "unlogged" else ""
            yield Hazard(name="TABLE_REWRITE", message=f"{relation} is copied{crash}")
        if (before.access_method, before.tablespace) != (after.access_method, after.tablespace):
            yield Hazard(name="TABLE_REWRITE", message=f"{relation} is copied")
        if before.partition_of is None and after.partition_of is not None:
            yield Hazard(name="FULL_SCAN", message=f"every row of {relation} is checked against its bounds")

    def _indexes(self, done: Done, before: Table | View, after: Table | View) -> Iterator[Hazard]:
        if before.indexes is after.indexes:
            return
        relation, old, new = name_of(before), named(before.indexes), named(after.indexes)
        came, went = new.keys() - old.keys(), old.keys() - new.keys()
        if came and not went:
            concurrently = done.statement is not None and bool(done.statement.node.get("concurrent"))
            beside = ", while others read and write" if concurrently else ""
            yield Hazard(name="INDEX_BUILD", message=f"an index is built over all rows of {relation}{beside}")
        if went and not came:
            lost = [name for name in went if not self._replaced(after, old[name])]
            if lost:
                message = f"queries on {relation} can no longer use {', '.join(sorted(lost))}"
                yield Hazard(name="INDEX_DROPPED", message=message)

    def _replaced(self, host: Table | View, index: Index) -> bool:
        """Whether it was put aside for another of its name that is there already."""
        name, aside, _ = index.name.partition(_ASIDE)
        return bool(aside) and any(other.name.startswith(name) for other in host.indexes)


def _not_null(column: str) -> tuple[str, str]:
    return f"{column} IS NOT NULL", f'"{column}" IS NOT NULL'


def _checked(before: Table, after: Table) -> Iterator[Hazard]:
    if before.constraints is after.constraints:
        return
    held = named(before.constraints)
    for constraint in after.constraints:
        was = held.get(constraint.name)
        if constraint.kind in ("CHECK", "FOREIGN KEY") and _is_checked(was, constraint):
            yield Hazard(name="FULL_SCAN", message=f"every row of {name_of(after)} is checked")


def _is_checked(before: Constraint | None, after: Constraint) -> bool:
    fresh = before is None or (after.validated and not before.validated)
    return fresh and after.validated and after.enforced


def _domain(before: Domain, after: Domain) -> Iterator[Hazard]:
    held = named(before.constraints)
    checked = any(_is_checked(held.get(c.name), c) for c in after.constraints)
    if checked or (after.not_null and not before.not_null):
        message = f"every row of every table with a column of {qualified(after.schema, after.name)} is checked"
        yield Hazard(name="FULL_SCAN", message=message)


def coarser(before: str, after: str) -> bool:
    """Whether values lose something on their way from one type to another."""
    one, other = _plain(before), _plain(after)
    if one != other:
        return (one, other) in _COARSER
    return one in _ROUNDED and _digits(after) is not None and _digits(after) < (_digits(before) or 99)  # type: ignore[operator]


def _plain(kind: str) -> str:
    return kind.partition("(")[0] + (kind.partition(")")[2] if "(" in kind else "")


def _digits(kind: str) -> int | None:
    """The digits after the point; None where there is no limit."""
    inner = kind.partition("(")[2].partition(")")[0]
    if not inner:
        return None
    numbers = inner.split(",")
    if kind.startswith("numeric"):
        return int(numbers[1]) if len(numbers) > 1 else 0
    return int(numbers[0])


def name_of(item: Table | View) -> str:
    """As SQL writes it."""
    return qualified(item.schema, item.name)


def merged(hazards: Iterable[Hazard]) -> tuple[Hazard, ...]:
    """One of each name; what they say is joined."""
    found: dict[str, list[str]] = {}
    for hazard in hazards:
        messages = found.setdefault(hazard.name, [])
        if hazard.message not in messages:
            messages.append(hazard.message)
    return tuple(Hazard(name=name, message="; ".join(messages)) for name, messages in found.items())
