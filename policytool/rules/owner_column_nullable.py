"""A column that says whose a row is may be NULL: such a row is nobody's."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.because import of_policy
from policytool.access.required import deciding, written
from policytool.catalog.model import Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, lowered, member_ref
from policytool.rule import Context, TableRule


class OwnerColumnNullable(TableRule):
    """A column that says whose a row is may be NULL: such a row is nobody's."""

    name = "owner-column-nullable"
    severity = "warning"
    concern = "correctness"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Nullable columns that every client needs to see a row; info where clients make no rows."""
        access = context.access
        low = not access.profile.exposes(table.schema) or not written(table, access)
        for column, policy in deciding(table, "own", access):
            place = next(c.changed or c.made for c in table.columns if c.name == column)
            yield self.finding(
                member_ref("column", table, column),
                f"{table.schema}.{table.name}.{column} may be NULL, and a row without it is nobody's: "
                f"the policies show it to no ordinary user",
                at=place or table.made,
                severity=lowered(self.severity) if low else None,
                because=(of_policy(policy, f"asks for {column}"),),
                fix=_fix(table, column),
            )


def _fix(table: Table, column: str) -> Fix:
    name = identifier(f"{table.name}_{column}_set"[:63])
    return Fix(
        sql=f"alter table {qualified(table.schema, table.name)} "
        f"add constraint {name} check ({identifier(column)} is not null) not valid;",
        note="give the rows that lack it to somebody, validate the constraint, then SET NOT NULL",
    )
