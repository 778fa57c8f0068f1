"""A column holds the internal number of an object, which pg_upgrade cannot carry over."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.model import Table
from policytool.finding import Finding, member_ref
from policytool.rule import Context, TableRule

# regclass, regrole and regtype survive an upgrade; these stop it (manual, pg_upgrade, limitations).
TYPES = frozenset(
    {"regcollation", "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc", "regprocedure"}
)


class UnsupportedRegType(TableRule):
    """A column holds the internal number of an object, which pg_upgrade cannot carry over."""

    name = "unsupported-reg-type"
    severity = "warning"
    concern = "availability"
    splinter = "0018_unsupported_reg_types"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Columns of the reg types that pg_upgrade refuses; arrays of them as well."""
        for column in table.columns:
            if column.type.removesuffix("[]") in TYPES and not column.inherited:
                yield self.finding(
                    member_ref("column", table, column.name),
                    f"{table.schema}.{table.name}.{column.name} is of type {column.type}: pg_upgrade to the next major "
                    "version refuses it; text does as well",
                    at=column.changed or column.made or table.made,
                )
