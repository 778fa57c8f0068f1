"""Two indexes of a table hold the same, and every write keeps both up to date."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.indexes import twins
from policytool.catalog.model import Index, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, Related, member_ref
from policytool.rule import Context, TableRule


class DuplicateIndex(TableRule):
    """Two indexes of a table hold the same, and every write keeps both up to date."""

    name = "duplicate-index"
    severity = "warning"
    concern = "performance"
    splinter = "0009_duplicate_index"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Indexes of one structure; the one that a key needs stays, and what it makes needless is found."""
        for index, kept in twins(table):
            what = f"constraint {kept.constraint}" if kept.constraint else kept.name
            yield self.finding(
                member_ref("index", table, index.name),
                f"index {index.name} on {table.schema}.{table.name} holds the same as {_described(kept, table)}: "
                "it serves no query that the other does not, and every write keeps both up to date",
                at=index.made,
                because=(Related(message=f"{what} has the same keys", location=kept.made),),
                fix=_fix(table, index, context),
            )


def _described(index: Index, table: Table) -> str:
    kind = next((c.kind.lower() for c in table.constraints if c.name == index.constraint), None)
    if kind is None:
        return f"the unique index {index.name}" if index.unique else index.name
    return f"the {kind}{' constraint' if kind == 'unique' else ''} {index.name}"


def _fix(table: Table, index: Index, context: Context) -> Fix | None:
    if index.constraint is None:
        return Fix(
            sql=f"drop index {qualified(table.schema, index.name)};",
            safety="safe",
            note="on a large table in use: drop index concurrently, in a file of its own",
        )
    if _referred(table, index, context):
        return None  # a foreign key may rest on this one of the two
    return Fix(
        sql=f"alter table {qualified(table.schema, table.name)} drop constraint {identifier(index.constraint)};",
        safety="safe",
    )


def _referred(table: Table, index: Index, context: Context) -> bool:
    columns = {key.column for key in index.keys}
    references = (c.reference for t in context.catalog.tables.values() for c in t.constraints)
    return any(
        r is not None and (r.schema, r.table) == (table.schema, table.name) and set(r.columns) == columns
        for r in references
    )
