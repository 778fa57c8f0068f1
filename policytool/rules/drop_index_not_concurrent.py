"""An index is dropped or rebuilt in a way that stops everybody who uses its table."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.migrations import DYNAMIC, gone, in_use
from policytool.catalog.history import Altered
from policytool.catalog.model import Index
from policytool.catalog.transactions import refuses_transaction
from policytool.finding import Finding, ObjectRef
from policytool.rule import Context, StatementRule, Step


class DropIndexNotConcurrent(StatementRule):
    """An index is dropped or rebuilt in a way that stops everybody who uses its table."""

    name = "drop-index-not-concurrent"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """DROP INDEX and REINDEX without CONCURRENTLY on a table that was there before the file."""
        statement = step.statement
        if statement.kind == "ReindexStmt" and not refuses_transaction(statement.kind, statement.node):
            yield from self._rebuilt(step, context)
        drops = statement.kind == "DropStmt" and statement.node.get("removeType") == "OBJECT_INDEX"
        if (drops and not statement.node.get("concurrent")) or statement.kind in DYNAMIC:
            for altered in context.history.altered(step):
                if altered.before.kind != "partitioned table":
                    yield from (self._dropped(step, altered, index) for index in _dropped(step, altered, context))

    def _dropped(self, step: Step, altered: Altered, index: Index) -> Finding:
        return self.finding(
            ObjectRef(kind="index", schema=altered.before.schema, table=altered.before.name, name=index.name),
            f"dropping {index.name} waits for every query on {altered.name}, and all others wait behind it: "
            "drop it concurrently",
            at=step.statement.location,
        )

    def _rebuilt(self, step: Step, context: Context) -> Iterator[Finding]:
        node = step.statement.node
        if "relation" not in node:
            return
        if node.get("kind") == "REINDEX_OBJECT_TABLE":
            key = in_use(step, context.history, node["relation"])
        else:
            schema, name = node["relation"].get("schemaname"), node["relation"]["relname"]
            owner = context.history.owner_of_index(step, schema, name)
            key = in_use(step, context.history, {"schemaname": owner[0], "relname": owner[1]}) if owner else None
        if key is not None:
            yield self.finding(
                ObjectRef(kind="table", schema=key[0], name=key[1]),
                f"nobody can write to {key[0]}.{key[1]} while its index is rebuilt: reindex concurrently",
                at=step.statement.location,
                key=f"reindex {node['relation']['relname']}",
            )


def _dropped(step: Step, altered: Altered, context: Context) -> Iterator[Index]:
    """The indexes that went away, but those of constraints and columns, and those made in the same file."""
    columns = {c.name for c in gone(altered.before.columns, altered.after.columns)}
    files = {s.statement.file.path for s in context.history.same_file(step)}
    for index in gone(altered.before.indexes, altered.after.indexes):
        own = index.constraint is None and index.parent is None and not columns & {k.column for k in index.keys}
        if own and (index.made is None or index.made.path not in files):
            yield index
