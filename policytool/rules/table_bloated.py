"""Most of a large table is empty room."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.model import Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, table_ref
from policytool.rule import Context, TableRule

MEGABYTE = 1 << 20
LEAST = 50 * MEGABYTE
SHARE = 0.6


class TableBloated(TableRule):
    """Most of a large table is empty room."""

    name = "table-bloated"
    severity = "info"
    confidence = "medium"
    concern = "performance"
    splinter = "0020_table_bloat"
    live = True

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Tables of whose pages more is unused, by an estimate, than autovacuum leaves behind."""
        live = context.catalog.live
        use = live.tables.get((table.schema, table.name)) if live is not None else None
        if use is None or use.unused is None or use.unused < LEAST or use.unused < use.bytes * SHARE:
            return
        unused, whole = use.unused // MEGABYTE, use.bytes // MEGABYTE
        yield self.finding(
            table_ref(table),
            f"about {unused} of the {whole} MB of {table.schema}.{table.name} hold no row: every scan reads them all "
            "the same",
            at=table.made,
            fix=Fix(
                sql=f"vacuum full {qualified(table.schema, table.name)};",
                safety="unsafe",
                note="nobody can read the table meanwhile; pg_repack does it beside the traffic. Where it comes back, "
                "let autovacuum come by more often: autovacuum_vacuum_scale_factor",
            ),
        )
