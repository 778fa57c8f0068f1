"""An index is invalid: no query uses it, and every write pays for it."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.model import Index, Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, TableRule


class InvalidIndex(TableRule):
    """An index is invalid: no query uses it, and every write pays for it."""

    name = "invalid-index"
    severity = "warning"
    concern = "performance"
    live = True

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Indexes that CREATE INDEX CONCURRENTLY left behind when it failed, and that nobody is building now."""
        # The index of a partitioned table is invalid until each partition has one: a step on the way.
        if table.kind == "partitioned table":
            return
        live = context.catalog.live
        for index in table.indexes:
            use = live.indexes.get((table.schema, index.name)) if live is not None else None
            if not index.valid and not (use is not None and use.building):
                yield self._finding(table, index)

    def _finding(self, table: Table, index: Index) -> Finding:
        name = qualified(table.schema, index.name)
        twins = ", and it is no proof that its keys are unique" if index.unique else ""
        note = "on a table in use: reindex index concurrently, in a file of its own"
        return self.finding(
            member_ref("index", table, index.name),
            f"{index.name} on {table.schema}.{table.name} is invalid, as a failed CREATE INDEX CONCURRENTLY leaves it: "
            f"no query uses it, every write keeps it up to date{twins}",
            at=index.made,
            fix=Fix(
                sql=f"reindex index {name};",
                safety="safe",
                note=f"{note}; rows that are there twice go first" if index.unique else note,
            ),
        )
