"""A statement drops a table, column or schema with what is in it, or a view that others may be reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.access.migrations import copied, gone, read_by_update
from policytool.access.wording import and_list
from policytool.catalog.history import Altered
from policytool.catalog.model import Name, Reference, Table, View
from policytool.finding import Finding, ObjectRef, Related, Severity, lowered, member_ref, table_ref, view_ref
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.node import names

Node = dict[str, Any]
_SHOWN = 5
_NOUNS = {
    "tables": "table",
    "views": "view",
    "functions": "function",
    "sequences": "sequence",
    "enums": "type",
    "domains": "domain",
    "composites": "type",
}


class DestructiveDrop(StatementRule):
    """A statement drops a table, column or schema with what is in it, or a view that others may be reading."""

    name = "destructive-drop"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """What a statement drops that was there before the file; what goes with it is said with it."""
        if not step.changes or not any(c.after is None or c.kind == "tables" for c in step.changes):
            return
        lost = {key for kind, key in _dropped(step, context) if kind == "tables"}
        schemas = [c.key for c in step.changes if c.kind == "schemas" and c.after is None]
        for schema in schemas:
            yield from self._schema(step, schema, lost, context)
        for key in sorted(lost):
            if key[0] not in schemas:
                yield from self._table(step, key, lost, context)
        for kind, key in _dropped(step, context):
            if kind == "views" and key[0] not in schemas and step.statement.kind == "DropStmt" and not lost:
                yield from self._view(step, key, context)
        for altered in context.history.altered(step):
            yield from self._columns(step, altered, lost, context)

    def _schema(self, step: Step, schema: str, lost: set[Name], context: Context) -> Iterator[Finding]:
        if tables := sorted(key for key in lost if key[0] == schema):
            yield self.finding(
                ObjectRef(kind="schema", name=schema),
                f"drops schema {schema} with all rows of {_some([key[1] for key in tables])}",
                at=step.statement.location,
                because=tuple(_with_it(step, {("tables", key) for key in tables}, context)),
            )

    def _table(self, step: Step, key: Name, lost: set[Name], context: Context) -> Iterator[Finding]:
        table: Table = context.history.before("tables", key, step)
        if table.partition_of in lost:
            return
        severity: Severity = self.severity
        if copied(step, context.history, key):
            last = context.history.same_file(step)[-1]
            if context.history.after("tables", key, last) is not None:
                return  # another one has taken its place
            severity = lowered(severity)
        policies = f" and its {_count(len(table.policies), 'policy', 'policies')}" if table.policies else ""
        yield self.finding(
            table_ref(table),
            f"drops table {key[0]}.{key[1]} with all its rows{policies}",
            at=step.statement.location,
            severity=severity,
            because=tuple(_with_it(step, {("tables", key)}, context)),
        )

    def _view(self, step: Step, key: Name, context: Context) -> Iterator[Finding]:
        view: View = context.history.before("views", key, step)
        if not any(_makes(later, key) for later in context.history.same_file(step)[_place(step, context) :]):
            yield self.finding(
                view_ref(view),
                f"drops {view_ref(view).kind} {key[0]}.{key[1]}: whoever reads it fails from now on",
                at=step.statement.location,
                severity="info",
                because=tuple(_with_it(step, {("views", key)}, context)),
            )

    def _columns(self, step: Step, altered: Altered, lost: set[Name], context: Context) -> Iterator[Finding]:
        """Columns; those that go because their type does come with it."""
        if altered.before.columns is altered.after.columns:
            return
        key = (altered.before.schema, altered.before.name)
        if altered.before.partition_of in lost:
            return
        for column in gone(altered.before.columns, altered.after.columns):
            if column.inherited or column.generated is not None or column.type == "unknown":
                continue
            kept = {p.name for p in altered.after.policies}
            policies = [f'"{p.name}"' for p in altered.before.policies if p.name not in kept]
            moved = read_by_update(step, context.history, key, column.name)
            severity: Severity = lowered(self.severity) if moved else self.severity
            yield self.finding(
                member_ref("column", altered.before, column.name),
                f"drops column {column.name} of {altered.name} with what is in it"
                + (f", and policy {_some(policies)}" if policies else ""),
                at=step.statement.location,
                severity=severity,
                because=tuple(_with_it(step, set(), context)),
            )


def _dropped(step: Step, context: Context) -> Iterator[tuple[str, Name]]:
    """The user's tables and views that the statement drops, but temporary ones and those born in its file."""
    for change in step.changes:
        if change.kind in ("tables", "views") and change.after is None and change.key[0] != "pg_temp":
            item = context.history.before(change.kind, change.key, step)
            born = item is None or context.history.born_in_file(change.kind, change.key, step)
            if not born and item.origin is None and context.history.after(change.kind, change.key, step) is None:
                yield change.kind, change.key


def _with_it(step: Step, subjects: set[tuple[str, Name]], context: Context) -> Iterator[Related]:
    """What else the statement takes away."""
    named = {n for item in step.statement.node.get("objects", ()) for n in _written(item)}
    others = [
        f"{_NOUNS[c.kind]} {c.key[0]}.{c.key[1]}"
        for c in step.changes
        if c.after is None and c.kind in _NOUNS and (c.kind, c.key) not in subjects and c.key[1] not in named
        if c.kind != "sequences" or c.before.owned_by is None
    ]
    keys = [
        f"foreign key {constraint.name} of {altered.name}"
        for altered in context.history.altered(step)
        for constraint in gone(altered.before.constraints, altered.after.constraints)
        if constraint.reference is not None and ("tables", _target(constraint.reference)) in subjects
    ]
    if found := list(dict.fromkeys([*others, *keys])):
        yield Related(message=f"with it goes {_some(found)}")


def _target(reference: Reference) -> Name:
    return reference.schema, reference.table


def _written(item: Node) -> tuple[str, ...]:
    return names(item.get("List", {}).get("items"))[-1:]


def _makes(step: Step, key: Name) -> bool:
    return any(c.key == key and c.after is not None and c.before is None for c in step.changes)


def _place(step: Step, context: Context) -> int:
    return step.ordinal - context.history.same_file(step)[0].ordinal


def _some(found: list[str]) -> str:
    return and_list(found if len(found) <= _SHOWN else [*found[:_SHOWN], f"{len(found) - _SHOWN} more"])


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
