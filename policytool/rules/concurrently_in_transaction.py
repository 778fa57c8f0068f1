"""A statement that refuses to run in a transaction stands in one: the migration fails."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.migrations import file_ref
from policytool.catalog.transactions import refuses_transaction
from policytool.finding import Finding, ObjectRef
from policytool.rule import Context, StatementRule, Step
from policytool.source.sending import sending
from policytool.syntax.node import names, range_var

_WORDS = {
    "IndexStmt": "create index concurrently",
    "ReindexStmt": "reindex",
    "VacuumStmt": "vacuum",
    "ClusterStmt": "cluster",
    "AlterTableStmt": "detach partition concurrently",
    "CreatedbStmt": "create database",
    "DropdbStmt": "drop database",
    "AlterSystemStmt": "alter system",
    "CreateSubscriptionStmt": "create subscription",
    "CreateTableSpaceStmt": "create tablespace",
    "DropTableSpaceStmt": "drop tablespace",
    "DropStmt": "drop index concurrently",
}


class ConcurrentlyInTransaction(StatementRule):
    """A statement that refuses to run in a transaction stands in one: the migration fails."""

    name = "concurrently-in-transaction"
    severity = "error"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """CONCURRENTLY, VACUUM and the like, where other statements or the migration tool make it a transaction."""
        statement = step.statement
        if not refuses_transaction(statement.kind, statement.node):
            return
        unit = context.history.unit(step)
        if not unit.transaction:
            return
        words = _WORDS[statement.kind]
        # Tools of these layouts can be told otherwise where no file of the project says so.
        sure = step.root.layout in ("supabase", "prisma", "flyway", "drizzle") or "BEGIN" in unit.why
        by_itself = sending(step.root.layout, transaction=step.root.transaction) != "transaction"
        end = "give it a file of its own" if by_itself else "have the file run without a transaction"
        yield self.finding(
            _subject(step, context),
            f"{words} cannot run in a transaction, and {_why(unit.why)}, so the migration fails: {end}",
            at=statement.location,
            confidence="high" if sure else "medium",
            key=words,
        )


def _why(reason: str) -> str:
    return reason.replace("they stand", "it stands")


def _subject(step: Step, context: Context) -> ObjectRef:
    """The index where the statement names one, else the table, else the file."""
    node, history = step.statement.node, context.history
    if step.statement.kind == "IndexStmt":
        made = next((c.after for c in step.changes if c.kind in ("tables", "views") and c.after is not None), None)
        if "idxname" in node:
            found = history.relation(step, *range_var(node["relation"]))
            known = found[1] if found is not None else range_var(node["relation"])
            schema, table = (made.schema, made.name) if made else known
            return ObjectRef(kind="index", schema=schema, table=table, name=node["idxname"])
        return ObjectRef(kind="table", schema=made.schema, name=made.name) if made else file_ref(step)
    if step.statement.kind == "DropStmt":
        parts = names(node["objects"][0].get("List", {}).get("items"))
        schema = parts[-2] if len(parts) > 1 else None
        owner = history.owner_of_index(step, schema, parts[-1])
        return ObjectRef(kind="index", schema=owner[0] if owner else schema, table=owner and owner[1], name=parts[-1])
    if "relation" in node:
        found = history.relation(step, *range_var(node["relation"]))
        if found is not None:
            return ObjectRef(kind="table", schema=found[1][0], name=found[1][1])
    return file_ref(step)
