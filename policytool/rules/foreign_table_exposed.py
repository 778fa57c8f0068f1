"""Clients reach a foreign table, which no policy can protect."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.reachers import can_do, grants_of, reachers
from policytool.catalog.model import Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, table_ref
from policytool.rule import Context, TableRule


class ForeignTableExposed(TableRule):
    """Clients reach a foreign table, which no policy can protect."""

    name = "foreign-table-exposed"
    severity = "error"
    splinter = "0017_foreign_table_in_api"
    cwe = 862

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Foreign tables in an exposed schema with any privilege on rows for a client."""
        if table.kind != "foreign table" or context.public(table):
            return
        found = reachers(table, context.access)
        if not found:
            return
        server = f" on server {table.server}" if table.server else ""
        roles = [r for r in context.access.clients if any(r == one.role for one in found)]
        others = [
            r for r in context.access.clients if r not in roles and context.access.reaching(("SELECT",), table, [r])
        ]
        grantees = ", ".join("public" if r == "public" else identifier(r) for r in (*roles, *others))
        yield self.finding(
            table_ref(table),
            f"{can_do(found, f'every row of foreign table {table.schema}.{table.name}{server}')}: "
            "row level security cannot be put on it",
            at=table.made,
            because=grants_of(found, table, context.access),
            fix=Fix(
                sql=f"revoke all on {qualified(table.schema, table.name)} from {grantees};",
                note="and let clients read it through a function or a view that asks who they are",
            ),
        )
