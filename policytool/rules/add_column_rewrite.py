"""A new column copies a whole table in use, while nobody can read or write it."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.migrations import fresh_columns
from policytool.catalog.rewrites import added
from policytool.finding import Finding, member_ref
from policytool.rule import Context, StatementRule, Step


class AddColumnRewrite(StatementRule):
    """A new column copies a whole table in use, while nobody can read or write it."""

    name = "add-column-rewrite"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """New columns with a value of its own for each row, or one that is checked for each row."""
        for altered in context.history.altered(step):
            if altered.before.columns is altered.after.columns or altered.before.kind == "foreign table":
                continue
            for column in fresh_columns(altered, step):
                why = added(column, context.catalog.domains, context.history.functions)
                if why is not None:
                    yield self.finding(
                        member_ref("column", altered.after, column.name),
                        f"nobody can read or write {altered.name} while it is copied for {column.name}: {why}",
                        at=column.made,
                    )
