"""A message queue that the API serves has row level security off."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, Related, table_ref
from policytool.rule import CatalogRule, Context

QUEUES, API = "pgmq", "pgmq_public"


class QueueExposed(CatalogRule):
    """A message queue that the API serves has row level security off."""

    name = "queue-exposed"
    severity = "error"
    splinter = "0019_insecure_queue_exposed_in_api"
    cwe = 862
    live = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Queues and archives of pgmq without RLS where its functions for clients are in a schema of the API."""
        if not context.access.profile.exposes(API) or context.access.profile.exposed_schemas is None:
            return
        for table in context.catalog.tables.values():
            if table.schema == QUEUES and table.name.startswith(("q_", "a_")) and not table.rls_enabled:
                yield self.finding(
                    table_ref(table),
                    f"clients can send to, read and empty {table.schema}.{table.name} through {API}: row level "
                    "security is off",
                    at=table.rls_at or table.made,
                    because=(Related(message=f"the API serves schema {API}"),),
                    fix=Fix(
                        sql=f"alter table {qualified(table.schema, table.name)} enable row level security;",
                        note="then say in policies who may send and read",
                    ),
                )
