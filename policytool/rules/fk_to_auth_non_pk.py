"""A foreign key hangs on a unique key of the platform's that may go."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.model import Constraint, Table
from policytool.finding import Finding, member_ref
from policytool.rule import Context, ForeignKeyRule


class FkToAuthNonPk(ForeignKeyRule):
    """A foreign key hangs on a unique key of the platform's that may go."""

    name = "fk-to-auth-non-pk"
    severity = "error"
    concern = "availability"
    splinter = "0021_fkey_to_auth_unique"

    def check(self, table: Table, foreign_key: Constraint, context: Context) -> Iterator[Finding]:
        """Foreign keys to tables of schema auth by other columns than the primary key's."""
        far = foreign_key.reference
        if far is None or far.schema != "auth" or table.schema == "auth":
            return
        target = context.catalog.tables.get((far.schema, far.table))
        key = next((c for c in target.constraints if c.kind == "PRIMARY KEY"), None) if target else None
        if key is None or sorted(key.columns) == sorted(far.columns):
            return
        yield self.finding(
            member_ref("constraint", table, foreign_key.name),
            f"{table.schema}.{table.name} refers to auth.{far.table} ({', '.join(far.columns)}), not to its primary "
            "key: an update of the platform that drops that key fails",
            at=foreign_key.made or table.made,
        )
