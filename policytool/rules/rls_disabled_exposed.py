"""A table that clients can reach has row level security off."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS
from policytool.access.reachers import Reacher, can_do, grants_of, reachers
from policytool.catalog.model import Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, table_ref
from policytool.rule import Context, TableRule


class RlsDisabledExposed(TableRule):
    """A table that clients can reach has row level security off."""

    name = "rls-disabled-exposed"
    severity = "error"
    splinter = "0013_rls_disabled_in_public"
    cwe = 862

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Every table without RLS and without policies whose rows a client reaches."""
        if table.rls_enabled or table.policies or table.kind == "foreign table" or table.assumed:
            return
        found = reachers(table, context.access)
        if not found or _spoken_for(table, context):
            return
        reads_only = all(r.commands == ("SELECT",) for r in found)
        yield self.finding(
            table_ref(table),
            f"{can_do(found, f'every row of {table.schema}.{table.name}')}: row level security is off",
            at=table.rls_at or table.made,
            severity="info" if context.public(table) and reads_only else None,
            because=grants_of(found, table, context.access),
            fix=_fix(table, found, context),
        )


def _spoken_for(table: Table, context: Context) -> bool:
    """Whether an ancestor of a partition is reported itself, or has the RLS that `partition-rls-gap` misses here."""
    above = context.catalog.tables.get(table.partition_of) if table.partition_of else None
    while above is not None:
        if above.rls_enabled or above.policies or reachers(above, context.access):
            return True
        above = context.catalog.tables.get(above.partition_of) if above.partition_of else None
    return False


def _fix(table: Table, found: tuple[Reacher, ...], context: Context) -> Fix:
    family = tuple(_family(table, context))
    lines = [f"alter table {qualified(t.schema, t.name)} enable row level security;" for t in family]
    granted = context.access.privileges.grants
    # Without a policy these grants would be idle.
    roles = [r.role for r in found if any(context.deliberate(g) for c in COMMANDS for g in granted(r.role, c, table))]
    if roles:
        names = ", ".join(qualified(t.schema, t.name) for t in family)
        lines.append(
            f"revoke all on {names} from {', '.join('public' if r == 'public' else identifier(r) for r in roles)};"
        )
    note = "clients can then do nothing until a policy says what they may" + (
        " and it is granted again" if roles else ""
    )
    return Fix(sql="\n".join(lines), note=note)


def _family(table: Table, context: Context) -> Iterator[Table]:
    yield table
    for child in context.catalog.tables.values():
        if child.partition_of == (table.schema, table.name):
            yield from _family(child, context)
