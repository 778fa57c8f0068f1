"""A column that may not be NULL is added without a value for the rows that are there: the migration fails."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.migrations import emptied, fresh_columns
from policytool.catalog.model import Column
from policytool.catalog.rewrites import domain_of
from policytool.finding import Finding, member_ref
from policytool.rule import Context, StatementRule, Step


class AddRequiredColumn(StatementRule):
    """A column that may not be NULL is added without a value for the rows that are there: the migration fails."""

    name = "add-required-column"
    severity = "error"
    confidence = "medium"  # it works as long as the table is empty
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """New NOT NULL columns without default on a table that was there before the file and was not emptied in it."""
        for altered in context.history.altered(step):
            if altered.before.columns is altered.after.columns or altered.before.kind == "foreign table":
                continue
            for column in fresh_columns(altered, step):
                key = (altered.before.schema, altered.before.name)
                if _required(column, context) and not emptied(step, context.history, key):
                    yield self.finding(
                        member_ref("column", altered.after, column.name),
                        f"fails as soon as {altered.name} has a row: {column.name} may not be null, "
                        "and has no default to fill it with",
                        at=column.made,
                    )


def _required(column: Column, context: Context) -> bool:
    domain = domain_of(column.type, context.catalog.domains)
    required = column.not_null or (domain is not None and domain.not_null)
    filled = column.default or column.identity or column.generated or (domain and domain.default)
    return required and not filled
