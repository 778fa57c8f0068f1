"""A copy of a protected table is made without its row level security."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policytool.access.lives import changed, life
from policytool.access.reachers import can_do, grants_of, reachers
from policytool.catalog.model import Name, Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, Related, table_ref
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.node import range_var, walk

TOLD = frozenset({"rls-disabled-exposed", "policies-without-rls", "partition-rls-gap"})


class TableCopyWithoutRls(StatementRule):
    """A copy of a protected table is made without its row level security."""

    name = "table-copy-without-rls"
    severity = "error"
    cwe = 862

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Tables made from one with RLS, or renamed into its place, that clients reach without it at the end."""
        for change, before, after in changed(step, "tables"):
            if after is None or after.origin is not None or after.assumed:
                continue
            if before is None:
                source, how = _copied(step, context), "is made from"
            elif change.old_key not in (None, change.key):
                source, how = _held(change.key, step, context), "takes the place of"
            else:
                continue
            end: Table | None = life(context.history, "tables", change.key, step).end if source else None
            if source is not None and end is not None and not end.rls_enabled and not context.public(end):
                yield from self._finding(end, source, how, step, context)

    def _finding(self, table: Table, source: Table, how: str, step: Step, context: Context) -> Iterator[Finding]:
        found = reachers(table, context.access)
        if not found:
            return
        name, other = f"{table.schema}.{table.name}", f"{source.schema}.{source.name}"
        protected = Related(message=f"{other} has row level security on", location=source.rls_at)
        yield self.finding(
            table_ref(table),
            f"{name} {how} {other}, whose row level security and policies do not come along: "
            f"{can_do(found, 'every row of it')}",
            at=step.statement.location,
            severity="info" if context.told(table, TOLD) else None,
            because=(protected, *grants_of(found, table, context.access)),
            fix=Fix(
                sql=f"alter table {qualified(table.schema, table.name)} enable row level security;",
                note=None if table.policies else "clients can then do nothing until a policy says what they may",
            ),
        )


def _copied(step: Step, context: Context) -> Table | None:
    """The table with RLS that the statement reads or takes the shape of, to make another."""
    for schema, name in _sources(step.statement.kind, step.statement.node):
        found = context.history.relation(step, schema, name)
        if found is not None and found[0] == "tables" and (table := _protected(found[1], step, context)):
            return table
    return None


def _protected(key: Name, step: Step, context: Context) -> Table | None:
    now, end = context.history.before("tables", key, step), context.catalog.tables.get(key)
    return next((t for t in (end, now) if t is not None and t.rls_enabled and t.origin is None), None)


def _held(key: Name, step: Step, context: Context) -> Table | None:
    """The table with RLS that had the name when the file began."""
    found = context.history.before("tables", key, context.history.same_file(step)[0])
    return found if isinstance(found, Table) and found.rls_enabled else None


def _sources(kind: str, node: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    """The tables that CREATE TABLE AS and SELECT INTO read, and that LIKE names."""
    if kind == "CreateTableAsStmt" or (kind == "SelectStmt" and "intoClause" in node):
        query = (
            node.get("query") if kind == "CreateTableAsStmt" else {k: v for k, v in node.items() if k != "intoClause"}
        )
        for inner, body in walk(query):
            if inner == "RangeVar":
                yield range_var(body)
    elif kind == "CreateStmt":
        for element in node.get("tableElts", ()):
            if "TableLikeClause" in element:
                yield range_var(element["TableLikeClause"]["relation"])
