"""A statement changes or deletes every row of a table in use, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.access.migrations import file_ref, in_use, seeds, unbounded
from policytool.catalog.model import Table
from policytool.finding import Finding, table_ref
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.node import bool_of, names

Node = dict[str, Any]
_KINDS = frozenset(("TruncateStmt", "UpdateStmt", "DeleteStmt", "SelectStmt", "InsertStmt"))
_EFFECTS = {
    "truncate": "deletes every row of {}",
    "delete": "deletes every row of {}: there is no condition",
    "update": "changes every row of {} in one transaction, which locks them all until it ends: do it in batches",
}


class UnboundedDml(StatementRule):
    """A statement changes or deletes every row of a table in use, in one transaction."""

    name = "unbounded-dml"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """TRUNCATE, and UPDATE and DELETE without a condition, but in files of sample data."""
        kind, node = step.statement.kind, step.statement.node
        if kind not in _KINDS or (kind in ("SelectStmt", "InsertStmt") and not _with(node)) or seeds(step):
            return
        for verb, relation, body in unbounded({kind: node}):
            key = in_use(step, context.history, relation)
            if key is None:
                continue
            table = context.history.before("tables", key, step)
            if verb == "truncate" or _every(body, table):
                yield self.finding(
                    table_ref(table),
                    _EFFECTS[verb].format(f"{key[0]}.{key[1]}"),
                    at=step.statement.location,
                    key=file_ref(step).name,
                )


def _with(node: Node) -> bool:
    return "withClause" in node or "withClause" in node.get("selectStmt", {}).get("SelectStmt", {})


def _every(body: Node, table: Table) -> bool:
    """Whether the condition is true of every row, or there is none."""
    joined = body.get("fromClause") or body.get("usingClause")
    return not joined and _true(body.get("whereClause"), table) if "whereClause" in body else not joined


def _true(condition: Node | None, table: Table) -> bool:
    node = condition or {}
    if bool_of(node) is True and "A_Const" in node:
        return True
    comparison: Node = node.get("A_Expr", {})
    if names(comparison.get("name")) == ("=",) and "A_Const" in comparison.get("lexpr", {}):
        return _value(comparison["lexpr"]) == _value(comparison.get("rexpr", {}))
    test: Node = node.get("NullTest", {})
    if test.get("nulltesttype") == "IS_NOT_NULL" and "ColumnRef" in test.get("arg", {}):
        column = names(test["arg"]["ColumnRef"].get("fields"))[-1:]
        return any(c.not_null and (c.name,) == column for c in table.columns)
    return False


def _value(node: Node) -> Node:
    return {k: v for k, v in node.get("A_Const", {}).items() if k != "location"}
