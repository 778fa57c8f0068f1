"""A foreign key has no index on the referencing side."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.model import Constraint, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, ForeignKeyRule


class FkUnindexed(ForeignKeyRule):
    """A foreign key has no index on the referencing side."""

    name = "fk-unindexed"
    severity = "info"
    concern = "performance"
    splinter = "0001_unindexed_foreign_keys"

    def check(self, table: Table, foreign_key: Constraint, context: Context) -> Iterator[Finding]:
        """Foreign keys whose columns, in any order, are not the first keys of a complete index."""
        if foreign_key.reference is None or table.partition_of is not None or table.kind == "foreign table":
            return
        wanted = set(foreign_key.columns)
        if any(_leads(table, i, wanted) for i in range(len(table.indexes))):
            return
        columns = ", ".join(identifier(c) for c in foreign_key.columns)
        far = f"{foreign_key.reference.schema}.{foreign_key.reference.table}"
        # A partitioned table has no CONCURRENTLY; neither does a script that runs in one transaction.
        yield self.finding(
            member_ref("constraint", table, foreign_key.name),
            f"{table.schema}.{table.name} ({', '.join(foreign_key.columns)}) refers to {far} without an index: every "
            f"delete or key change there reads the whole table",
            at=foreign_key.made or table.made,
            fix=Fix(
                sql=f"create index on {qualified(table.schema, table.name)} ({columns});",
                safety="safe",
                note="on a large table in use: create index concurrently, outside a transaction",
            ),
        )


def _leads(table: Table, number: int, wanted: set[str]) -> bool:
    index = table.indexes[number]
    if index.predicate is not None or index.method not in ("btree", "hash") or not index.valid:
        return False
    return {k.column for k in index.keys[: len(wanted)]} == wanted
