"""Clients may insert rows that they cannot read back."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.unread import unread
from policytool.access.wording import who, widest
from policytool.catalog.model import Table
from policytool.finding import Finding, table_ref
from policytool.rule import Context, TableRule


class InsertWithoutSelect(TableRule):
    """Clients may insert rows that they cannot read back."""

    name = "insert-without-select"
    severity = "info"
    concern = "correctness"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Tables into which no client that may INSERT by a policy has a row to read."""
        found = unread(table, ("INSERT",), context.access)
        if not found:
            return
        role = widest(u.role for u in found)
        first = next(u for u in found if u.role == role)
        lack = "no policy lets them read one" if first.granted else "they have no SELECT"
        yield self.finding(
            table_ref(table),
            f'{who(role)} can insert rows into {table.schema}.{table.name} by policy "{first.policy.name}", '
            f"but {lack}: INSERT … RETURNING, `.select()` and upserts are refused (42501)",
            at=first.policy.with_check_at or first.policy.using_at or first.policy.made,
        )
