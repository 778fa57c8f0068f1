"""No query has used an index for a month."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.live import Live
from policytool.catalog.model import Index, Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, TableRule

MEGABYTE = 1 << 20
DAYS = 30  # what runs once a month has run
READS = 1000  # of a table that nobody reads, no index is read


class UnusedIndex(TableRule):
    """No query has used an index for a month."""

    name = "unused-index"
    severity = "info"
    concern = "performance"
    persona = "auditor"
    splinter = "0005_unused_index"
    live = True

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Indexes of at least a megabyte that serve no constraint, foreign key or policy, on a table that is read."""
        live = context.catalog.live
        use = live.tables.get((table.schema, table.name)) if live is not None else None
        if live is None or use is None or live.days < DAYS or live.standby or use.scans < READS:
            return
        needed = _needed(table, context)
        for index in table.indexes:
            found = live.indexes.get((table.schema, index.name))
            if found is None or found.scans or found.bytes < MEGABYTE or _serves(table, index):
                continue
            if not needed.intersection(key.column for key in index.keys):
                yield self._finding(table, index, live, found.bytes // MEGABYTE)

    def _finding(self, table: Table, index: Index, live: Live, megabytes: int) -> Finding:
        note = "on a table in use: drop index concurrently, in a file of its own"
        return self.finding(
            member_ref("index", table, index.name),
            f"no query has used {index.name} on {table.schema}.{table.name} since statistics are counted, "
            f"{int(live.days)} days ago; it takes {megabytes} MB and its share of every write",
            at=index.made,
            confidence="low" if live.replicas else "medium",
            fix=Fix(
                sql=f"drop index {qualified(table.schema, index.name)};",
                safety="unsafe",
                note=f"queries of the {live.replicas} replicas are not counted here; {note}" if live.replicas else note,
            ),
        )


def _serves(table: Table, index: Index) -> bool:
    """Whether it is there for something else than queries: uniqueness, replication, statistics, a partition's share."""
    return (
        index.unique
        or not index.valid
        or index.constraint is not None
        or index.parent is not None
        or table.replica_identity == f"INDEX {index.name}"
        or any(key.expression is not None for key in index.keys)
    )


def _needed(table: Table, context: Context) -> set[str]:
    """Columns whose index is asked for elsewhere: of foreign keys, and of policies."""
    keys = {column for c in table.constraints if c.kind == "FOREIGN KEY" for column in c.columns}
    return keys | set(context.access.bound_columns(table)) | set(context.access.tenant_columns(table))
