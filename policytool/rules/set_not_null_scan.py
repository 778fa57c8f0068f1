"""SET NOT NULL reads every row of a table in use, while nobody can read or write it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.access.migrations import fresh, using_index
from policytool.catalog.history import Altered
from policytool.catalog.model import Constraint
from policytool.finding import Finding, member_ref
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import names

Node = dict[str, Any]


class SetNotNullScan(StatementRule):
    """SET NOT NULL reads every row of a table in use, while nobody can read or write it."""

    name = "set-not-null-scan"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Columns that become NOT NULL where no valid CHECK says already that they are."""
        for altered in context.history.altered(step):
            if altered.before.columns is altered.after.columns or altered.before.kind == "foreign table":
                continue
            nullable = {c.name: c for c in altered.before.columns if not c.not_null}
            for column in altered.after.columns:
                old = nullable.get(column.name)
                if old is None or old.made != column.made or not column.not_null or column.inherited:
                    continue
                if not (
                    _in_new_key(altered, column.name) or _proved(altered, column.name) or _later(step, column.name)
                ):
                    yield self.finding(
                        member_ref("column", altered.after, column.name),
                        f"nobody can read or write {altered.name} while {column.name} is looked at in every row: "
                        f"first have a valid check ({column.name} is not null)",
                        at=step.statement.location,
                        confidence="medium" if altered.before.assumed else "high",
                    )


def _in_new_key(altered: Altered, column: str) -> bool:
    """Whether it is for a primary key that builds its index anyway."""
    return any(
        c.kind == "PRIMARY KEY" and column in c.columns and not using_index(altered, c)
        for c in fresh(altered.before.constraints, altered.after.constraints)
    )


def _proved(altered: Altered, column: str) -> bool:
    """Whether a CHECK that holds for every row implies it."""
    return any(_implies(c, column) for c in altered.before.constraints if c.kind == "CHECK" and column in c.columns)


def _implies(constraint: Constraint, column: str) -> bool:
    if not constraint.validated or not constraint.enforced or constraint.expression is None:
        return False
    conditions = [parse_expression(constraint.expression) or {}]
    while conditions:
        node = conditions.pop()
        if "BoolExpr" in node and node["BoolExpr"].get("boolop") == "AND_EXPR":
            conditions += node["BoolExpr"]["args"]
        test: Node = node.get("NullTest", {})
        column_of = test.get("arg", {}).get("ColumnRef", {}).get("fields")
        if test.get("nulltesttype") == "IS_NOT_NULL" and column_of and names(column_of)[-1] == column:
            return True
    return False


def _later(step: Step, column: str) -> bool:
    """Whether it is NOT NULL … NOT VALID, of PostgreSQL 18."""
    for command in step.statement.node.get("cmds", ()) if step.statement.kind == "AlterTableStmt" else ():
        constraint: Node = command["AlterTableCmd"].get("def", {}).get("Constraint", {})
        if constraint.get("contype") == "CONSTR_NOTNULL" and column in names(constraint.get("keys")):
            return bool(constraint.get("skip_validation"))
    return False
