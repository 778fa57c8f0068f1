"""A partition can be reached by its own name without the row level security of its parent."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from policytool.access import COMMANDS
from policytool.access.reachers import can_do, grants_of, reachers
from policytool.catalog.model import Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, Related, table_ref
from policytool.rule import Context, TableRule

RUNNING = ("ORIGIN", "ALWAYS")  # what fires outside of replication


class PartitionRlsGap(TableRule):
    """A partition can be reached by its own name without the row level security of its parent."""

    name = "partition-rls-gap"
    severity = "error"
    cwe = 862

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Partitions without RLS below an ancestor that has it, where a client holds a privilege on the partition."""
        if table.partition_of is None or table.rls_enabled or table.policies or table.kind == "foreign table":
            return
        ancestor, found = _protected_ancestor(table, context), reachers(table, context.access)
        if ancestor is None or not found:
            return
        parent = f"{ancestor.schema}.{ancestor.name}"
        yield self.finding(
            table_ref(table),
            f"{can_do(found, f'{table.schema}.{table.name} by its own name')}: "
            f"the policies of {parent} do not reach its partitions",
            at=table.rls_at or table.made,
            because=(
                *grants_of(found, table, context.access),
                Related(message=f"{parent} has row level security on", location=ancestor.rls_at),
                *_triggers(table, {c for r in found for c in r.commands}, context),
            ),
            fix=Fix(
                sql=f"alter table {qualified(table.schema, table.name)} enable row level security;",
                safety="safe",
                note="queries through the parent go on as before",
            ),
        )


def _triggers(table: Table, commands: Collection[str], context: Context) -> Iterator[Related]:
    """Row triggers of what it is a partition of are its own as well; what they refuse is not looked into."""
    item = context.catalog.tables.get(table.partition_of) if table.partition_of else None
    while item is not None:
        for trigger in item.triggers:
            before = [c for c in COMMANDS if c in trigger.events and c in commands]
            if before and trigger.row and trigger.timing == "BEFORE" and trigger.enabled in RUNNING:
                text = f'trigger "{trigger.name}" of {item.schema}.{item.name} runs before {" and ".join(before)}'
                yield Related(message=f"{text} here too, and may refuse it", location=trigger.made)
        item = context.catalog.tables.get(item.partition_of) if item.partition_of else None


def _protected_ancestor(table: Table, context: Context) -> Table | None:
    parent = context.catalog.tables.get(table.partition_of) if table.partition_of else None
    while parent is not None and not parent.rls_enabled:
        parent = context.catalog.tables.get(parent.partition_of) if parent.partition_of else None
    return parent
