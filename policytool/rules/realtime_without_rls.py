"""Every change of a table is sent to clients, and no policy decides to whom."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.wording import who, widest
from policytool.catalog.model import Table
from policytool.catalog.objects import Publication
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, table_ref
from policytool.rule import Context, TableRule
from policytool.syntax.location import Location

REALTIME = "supabase_realtime"


class RealtimeWithoutRls(TableRule):
    """Every change of a table is sent to clients, and no policy decides to whom."""

    name = "realtime-without-rls"
    severity = "error"
    cwe = 862

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Tables without RLS in Supabase's realtime publication that a client may select from."""
        publication = context.catalog.publications.get(REALTIME)
        if publication is None or table.rls_enabled or table.kind == "foreign table":
            return
        published, at = _published(table, publication)
        readers = [role for role in context.access.clients if context.access.reach(role, "SELECT", table)]
        if not published or not readers:
            return
        role, name = widest(readers), f"{table.schema}.{table.name}"
        yield self.finding(
            table_ref(table),
            f"{who(role)} can listen to every change of {name}: it is in publication {REALTIME}, and row level "
            "security is off",
            at=at or table.rls_at or table.made,
            because=context.access.because(role, ("SELECT",), table),
            fix=_fix(table),
        )


def _published(table: Table, publication: Publication) -> tuple[bool, Location | None]:
    """Whether changes of the table are published, and by which statement."""
    for entry in publication.tables:
        if (entry.schema, entry.table) == (table.schema, table.name):
            return True, entry.made
    return publication.all_tables or table.schema in publication.schemas, publication.changed or publication.made


def _fix(table: Table) -> Fix:
    name = qualified(table.schema, table.name)
    note = "then say in policies who may read which rows; realtime asks them for each change"
    return Fix(sql=f"alter table {name} enable row level security;", note=note)
