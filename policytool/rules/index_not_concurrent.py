"""An index is built on a table in use, which stops all writes to it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.migrations import DYNAMIC, fresh
from policytool.catalog.history import Altered
from policytool.finding import Finding, ObjectRef
from policytool.rule import Context, StatementRule, Step


class IndexNotConcurrent(StatementRule):
    """An index is built on a table in use, which stops all writes to it meanwhile."""

    name = "index-not-concurrent"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Indexes made without CONCURRENTLY on a table that was there before the file."""
        if step.statement.kind not in DYNAMIC | {"IndexStmt"} or step.statement.node.get("concurrent"):
            return
        found = context.history.altered(step)
        for altered in found:
            for index in fresh(altered.before.indexes, altered.after.indexes):
                if index.constraint is not None or index.parent is not None:
                    continue
                parted = altered.before.kind == "partitioned table"
                if parted and not _built(found, altered, index.name):
                    continue  # it has no partition yet, or the index is ON ONLY it
                how = "make it on only the parent, concurrently on each partition, and attach those"
                yield self.finding(
                    ObjectRef(kind="index", schema=altered.after.schema, table=altered.after.name, name=index.name),
                    f"nobody can write to {altered.name} while {index.name} is built: "
                    f"{how if parted else 'make it concurrently, in a file of its own'}",
                    at=index.made,
                )


def _built(found: tuple[Altered, ...], altered: Altered, name: str) -> bool:
    """Whether the index of a partitioned table was made on partitions too."""
    return any(index.parent == (altered.after.schema, name) for other in found for index in other.after.indexes)
