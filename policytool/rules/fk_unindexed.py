"""A foreign key has no index on the referencing side."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.model import Constraint, Index, Table
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
        if any(_serves(index, foreign_key.columns) for index in table.indexes):
            return
        columns = ", ".join(map(identifier, foreign_key.columns))
        far = f"{foreign_key.reference.schema}.{foreign_key.reference.table}"
        partitioned = table.kind == "partitioned table"  # where CONCURRENTLY is not to be had
        yield self.finding(
            member_ref("constraint", table, foreign_key.name),
            f"{table.schema}.{table.name} ({', '.join(foreign_key.columns)}) refers to {far} without an index: every "
            "delete or key change there reads the whole table",
            at=foreign_key.made or table.made,
            fix=Fix(
                sql=f"create index on {qualified(table.schema, table.name)} ({columns});",
                safety="safe",
                note=None
                if partitioned
                else "on a large table in use: create index concurrently, in a file of its own",
            ),
        )


def _serves(index: Index, columns: tuple[str, ...]) -> bool:
    if index.predicate is not None or index.method not in ("btree", "hash") or not index.valid:
        return False
    return {key.column for key in index.keys[: len(set(columns))]} == set(columns)
