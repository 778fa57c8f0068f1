"""A table has no primary key: nothing says which row is meant."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.model import Index, Table
from policytool.catalog.objects import Publication
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, table_ref
from policytool.rule import Context, TableRule
from policytool.syntax.location import Location

_EQUAL = "nothing says which of two equal rows is meant"


class NoPrimaryKey(TableRule):
    """A table has no primary key: nothing says which row is meant."""

    name = "no-primary-key"
    severity = "info"
    concern = "correctness"
    splinter = "0004_no_primary_key"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Tables and partitioned tables; a warning where a publication makes every UPDATE and DELETE fail."""
        keyed = any(c.kind == "PRIMARY KEY" for c in table.constraints)
        if keyed or table.kind == "foreign table" or table.partition_of is not None or table.assumed:
            return
        publication = _refusing(table, context)
        unique = any(c.kind == "UNIQUE" for c in table.constraints) or any(i.unique for i in table.indexes)
        effect = "clients and replication do not know a row by what is only unique" if unique else _EQUAL
        if publication is not None:
            effect = f"publication {publication.name} sends its updates or deletes, so Postgres refuses them (55000)"
        yield self.finding(
            table_ref(table),
            f"{table.schema}.{table.name} has no primary key: {effect}",
            at=_published(table, publication) or table.made,
            severity="warning" if publication is not None else None,
            fix=_fix(table),
        )


def _refusing(table: Table, context: Context) -> Publication | None:
    """The publication that needs to name the rows that change, where the table does not say by what."""
    named = (p for p in context.catalog.publications.values() if {"update", "delete"} & set(p.publish))
    if table.replica_identity not in ("DEFAULT", "NOTHING"):
        return None
    place = (table.schema, table.name)
    return next(
        (
            p
            for p in named
            if p.all_tables or table.schema in p.schemas or place in {(t.schema, t.table) for t in p.tables}
        ),
        None,
    )


def _published(table: Table, publication: Publication | None) -> Location | None:
    """Where the table was put into the publication."""
    members = publication.tables if publication is not None else ()
    return next((t.made for t in members if (t.schema, t.table) == (table.schema, table.name)), None)


def _fix(table: Table) -> Fix | None:
    target = qualified(table.schema, table.name)
    index = next((i for i in table.indexes if _names_rows(i, table)), None)
    if index is not None and table.kind == "table":
        return Fix(sql=f"alter table {target} add primary key using index {identifier(index.name)};", safety="safe")
    if index is not None or any(c.name == "id" for c in table.columns) or table.kind != "table":
        return None
    return Fix(
        sql=f"alter table {target} add column id bigint generated always as identity primary key;",
        safety="safe",
        note="it writes the whole table anew; where columns that are there identify a row, make them the key",
    )


def _names_rows(index: Index, table: Table) -> bool:
    """Whether an index could be the primary key's: unique, of plain columns that are never NULL, of all rows."""
    not_null = {c.name for c in table.columns if c.not_null}
    plain = all(k.column in not_null and not k.descending and not k.opclass and not k.collation for k in index.keys)
    return index.unique and index.predicate is None and index.constraint is None and plain and index.valid
