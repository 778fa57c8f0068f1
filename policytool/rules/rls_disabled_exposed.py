"""A table that clients can reach has row level security off."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from policytool.access import COMMANDS
from policytool.access.wording import verbs, who, widest
from policytool.catalog.model import Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, table_ref
from policytool.rule import Context, TableRule


class RlsDisabledExposed(TableRule):
    """A table that clients can reach has row level security off."""

    name = "rls-disabled-exposed"
    severity = "error"
    splinter = "0013_rls_disabled_in_public"
    cwe = 862

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Every table without RLS and without policies whose rows a client reaches. A partition speaks with its root."""
        if table.rls_enabled or table.policies or table.kind == "foreign table" or table.assumed or table.partition_of:
            return
        access = context.access
        roles = access.reaching(COMMANDS, table)
        if not roles or not access.profile.exposes(table.schema):
            return
        role = widest(roles)
        held = tuple(c for c in COMMANDS if access.reach(role, c, table))
        public = any(fnmatchcase(f"{table.schema}.{table.name}", g) for g in context.conventions.public_tables)
        yield self.finding(
            table_ref(table),
            f"{who(role)} can {verbs(held)} every row of {table.schema}.{table.name}: row level security is off",
            at=table.made,
            severity="info" if public and held == ("SELECT",) else None,
            because=access.because(role, held, table),
            fix=Fix(
                sql="\n".join(f"alter table {name} enable row level security;" for name in _family(table, context)),
                note="then add a policy for each thing that clients may do, or they can do nothing",
            ),
        )


def _family(table: Table, context: Context) -> Iterator[str]:
    yield qualified(table.schema, table.name)
    for child in context.catalog.tables.values():
        if child.partition_of == (table.schema, table.name):
            yield from _family(child, context)
