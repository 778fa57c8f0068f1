"""A unique constraint or primary key builds its index while nobody can read or write the table."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.migrations import fresh, fresh_columns, using_index
from policytool.catalog.history import Altered
from policytool.catalog.rewrites import added
from policytool.finding import Finding, member_ref
from policytool.rule import Context, StatementRule, Step


class AddUniqueOrPk(StatementRule):
    """A unique constraint or primary key builds its index while nobody can read or write the table."""

    name = "add-unique-or-pk"
    severity = "warning"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Unique constraints and primary keys added without USING INDEX to a table that was there before the file."""
        for altered in context.history.altered(step):
            if altered.before.constraints is altered.after.constraints or altered.before.kind != "table":
                continue
            for constraint in fresh(altered.before.constraints, altered.after.constraints):
                keyed = constraint.kind in ("UNIQUE", "PRIMARY KEY") and not constraint.inherited
                if keyed and not using_index(altered, constraint) and not _copied(step, altered, context):
                    yield self.finding(
                        member_ref("constraint", altered.after, constraint.name),
                        f"nobody can read or write {altered.name} while the index of {constraint.name} is built: "
                        "make a unique index concurrently, then add the constraint using it",
                        at=constraint.made,
                    )


def _copied(step: Step, altered: Altered, context: Context) -> bool:
    """Whether the statement copies the table, and so builds all its indexes anyway."""
    domains, functions = context.catalog.domains, context.history.functions
    return any(added(column, domains, functions) is not None for column in fresh_columns(altered, step))
