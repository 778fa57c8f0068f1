"""Maintenance of a table in use is done in the way that stops everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.access.migrations import in_use
from policytool.catalog.locks import is_full
from policytool.catalog.model import Name, View
from policytool.finding import Finding, ObjectRef, view_ref
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.node import range_var

Node = dict[str, Any]


class BlockingMaintenance(StatementRule):
    """Maintenance of a table in use is done in the way that stops everybody."""

    name = "blocking-maintenance"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """VACUUM FULL, CLUSTER, REFRESH and DETACH without CONCURRENTLY, ATTACH of a partition that must be read."""
        node = step.statement.node
        match step.statement.kind:
            case "VacuumStmt" if is_full(node):
                for item in node.get("rels", ()):
                    relation = item["VacuumRelation"].get("relation", {})
                    yield from self._copied(step, relation, "vacuum full", context)
            case "ClusterStmt" if "relation" in node:
                yield from self._copied(step, node["relation"], "cluster", context)
            case "RefreshMatViewStmt" if not node.get("concurrent") and not node.get("skipData"):
                yield from self._refreshed(step, node["relation"], context)
            case "AlterTableStmt":
                for item in node.get("cmds", ()):
                    command: Node = item["AlterTableCmd"]
                    if command.get("subtype") == "AT_DetachPartition":
                        yield from self._detached(step, node["relation"], command["def"]["PartitionCmd"], context)
                    elif command.get("subtype") == "AT_AttachPartition":
                        yield from self._attached(step, command["def"]["PartitionCmd"], context)

    def _copied(self, step: Step, relation: Node, words: str, context: Context) -> Iterator[Finding]:
        if relation and (key := in_use(step, context.history, relation)) is not None:
            message = f"nobody can read or write {'.'.join(key)} while {words} copies it"
            yield self._table(step, key, message, words)

    def _refreshed(self, step: Step, relation: Node, context: Context) -> Iterator[Finding]:
        found = context.history.relation(step, *range_var(relation))
        view: View | None = context.history.before("views", found[1], step) if found and found[0] == "views" else None
        if view is None or not view.populated or context.history.born_in_file("views", (view.schema, view.name), step):
            return
        able = any(i.unique and i.predicate is None and all(k.column for k in i.keys) for i in view.indexes)
        first = "" if able else "give it a unique index, and "
        yield self.finding(
            view_ref(view),
            f"nobody can read {view.schema}.{view.name} while it is refreshed: {first}refresh it concurrently",
            at=step.statement.location,
            key="refresh",
        )

    def _detached(self, step: Step, parent: Node, command: Node, context: Context) -> Iterator[Finding]:
        key = in_use(step, context.history, parent)
        if key is not None and not command.get("concurrent"):
            message = f"detaching a partition waits for every query on {'.'.join(key)}, and all others wait behind it"
            yield self._table(step, key, f"{message}: detach it concurrently", f"detach {command['name']['relname']}")

    def _attached(self, step: Step, command: Node, context: Context) -> Iterator[Finding]:
        key = in_use(step, context.history, command["name"])
        if key is None or any(c.kind == "CHECK" for c in context.history.before("tables", key, step).constraints):
            return  # a CHECK may prove that its rows belong there
        message = (
            f"nobody can read or write {'.'.join(key)} while it is looked whether its rows belong in the partition"
        )
        yield self._table(step, key, f"{message}: first give it a valid check that says so", "attach")

    def _table(self, step: Step, key: Name, message: str, what: str) -> Finding:
        ref = ObjectRef(kind="table", schema=key[0], name=key[1])
        return self.finding(ref, message, at=step.statement.location, key=what)
